import { useState } from 'react';
import { ApiError, isSignedOut } from '../../data/api-error.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { submitting } from '../../ui/form.tsx';
import { PasswordField } from './passwords.tsx';
import { Refusal } from './refusal.tsx';
import { useWait } from './use-wait.ts';

interface SignInFormProps {
  readonly action: string;
  readonly busy: boolean;
  readonly error: unknown;
  /** Where nothing else is on the page. */
  readonly autoFocus?: boolean;
  readonly onSubmit: (username: string, password: string) => void;
}

/** Name and password, and why they were refused. */
export function SignInForm(props: SignInFormProps) {
  const { action, busy, error, autoFocus = false, onSubmit } = props;
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const wait = useWait(error);
  const submit = submitting(() => {
    setPassword('');
    onSubmit(username, password);
  });
  return (
    <form className="stack" onSubmit={submit}>
      <TextField
        label="Name"
        name="username"
        autoFocus={autoFocus}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={150}
        value={username}
        onChange={({ target }) => setUsername(target.value)}
      />
      <PasswordField
        label="Password"
        name="password"
        kind="current-password"
        value={password}
        onChange={setPassword}
      />
      <Button type="submit" kind="primary" busy={busy} disabled={wait > 0}>
        {wait > 0 ? `${action} (in ${wait} s)` : action}
      </Button>
      <Refused error={error} wait={wait} />
    </form>
  );
}

function Refused({ error, wait }: { readonly error: unknown; readonly wait: number }) {
  if (error === null || error === undefined) return null;
  if (error instanceof ApiError && error.code === 'UserInvitationInvalidError') {
    return <Refusal error={error} />;
  }
  if (error instanceof ApiError && (error.status === 429 || error.status === 503)) {
    return (
      <p role="alert" className="refusal">
        {wait > 0
          ? 'Too many wrong passwords for this name. Even the right one is not looked at until the wait is over.'
          : 'You can try again now.'}
      </p>
    );
  }
  const wrong = isSignedOut(error) || (error instanceof ApiError && error.status === 403);
  if (!wrong) return <Refusal error={error} />;
  return (
    <p role="alert" className="refusal">
      Name or password is wrong, or the password is older than a year.
    </p>
  );
}
