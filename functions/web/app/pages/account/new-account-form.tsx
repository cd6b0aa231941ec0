import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, dioptra } from '../../data/api.ts';
import { signIn } from '../../data/session.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { submitting } from '../../ui/form.tsx';
import { PUBLIC_GROUP } from '../people/permissions.ts';
import { keepInvitation } from './invitation.ts';
import { differ, NewPassword } from './passwords.tsx';
import { Refusal } from './refusal.tsx';
import { refusalOf } from './refusals.ts';

interface Draft {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly again: string;
}

const NOTHING: Draft = { username: '', email: '', password: '', again: '' };

async function register({ username, email, password, again }: Draft, invitation: string) {
  await answerOf(
    dioptra.POST('/users', {
      body: {
        username,
        email,
        password,
        confirmPassword: again,
        ...(invitation !== '' && { invitation }),
      },
    }),
  );
  keepInvitation('');
  await signIn(username, password);
  const { data } = await answerOf(dioptra.GET('/groups'));
  // Where the invitation leads, if that is another group than the one of everybody.
  return data.find(({ id }) => id !== PUBLIC_GROUP)?.id;
}

interface NewAccountFormProps {
  readonly invitation: string;
  /** Without an invitation, nothing is made. */
  readonly needed: boolean;
}

/** Name, address and password; what comes of them is said before. */
export function NewAccountForm({ invitation, needed }: NewAccountFormProps) {
  const [draft, setDraft] = useState(NOTHING);
  const change = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }));
  const making = useMutation({
    mutationFn: () => register(draft, invitation),
    onSuccess: (group) => window.location.assign(`/ui/${group ?? ''}`),
  });
  const lacks = needed && invitation === '';
  const submit = submitting(() => {
    if (!lacks && !differ(draft.password, draft.again)) making.mutate();
  });
  const { error } = making;
  const [nameError, emailError] = [refusalOf(error, 'username'), refusalOf(error, 'email')];
  return (
    <form className="stack" onSubmit={submit}>
      <TextField
        label="Name"
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={150}
        value={draft.username}
        onChange={({ target }) => change({ username: target.value })}
        error={nameError}
        hint="With it you sign in, and others see it beside what you make. No colon, single spaces."
      />
      <TextField
        label="E-mail address"
        name="email"
        type="email"
        autoComplete="email"
        required
        minLength={3}
        maxLength={320}
        value={draft.email}
        onChange={({ target }) => change({ email: target.value })}
        error={emailError}
        hint="Shown to people of your groups; no mail is sent."
      />
      <NewPassword
        value={draft.password}
        again={draft.again}
        onChange={(password) => change({ password })}
        onAgain={(again) => change({ again })}
      />
      <Makes invited={invitation !== ''} />
      <Button
        type="submit"
        kind="primary"
        busy={making.isPending || making.isSuccess}
        disabled={lacks}
        title={lacks ? 'It needs an invitation' : undefined}
      >
        Make the account
      </Button>
      {error !== null && nameError === undefined && emailError === undefined && (
        <Refusal error={error} />
      )}
    </form>
  );
}

/** What the button makes. */
const Makes = ({ invited }: { readonly invited: boolean }) => (
  <p className="quiet">
    {invited
      ? 'This makes your account, uses the invitation up, and signs you in. You come into the group “public”, and into the group that the invitation is for, with the permissions that it names. The invitation that the deployment made for its first administrator makes an administrator of everything.'
      : 'This makes your account, which is a member of the group “public”, and signs you in.'}
  </p>
);
