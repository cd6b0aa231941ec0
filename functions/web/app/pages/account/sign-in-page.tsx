import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { ApiError, isSignedOut } from '../../data/api-error.ts';
import { sessionQuery, signIn } from '../../data/session.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { ErrorNote, Page } from '../../ui/page.tsx';

const route = getRouteApi('/sign-in');

/** Only ways within these pages: a link from elsewhere must not lead on to a third place. */
const within = (next: string | undefined): string =>
  next?.startsWith('/') === true ? `/ui${next}` : '/ui/';

export function SignInPage() {
  const { next } = route.useSearch();
  const session = useQuery(sessionQuery);
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const attempt = useMutation({
    mutationFn: () => signIn(username, password),
    // Loaded anew: nothing that was read before stays.
    onSuccess: () => window.location.assign(within(next)),
    onSettled: () => setPassword(''),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    attempt.mutate();
  };
  return (
    <main className="alone">
      <Page title="Sign in">
        <form className="stack" onSubmit={submit}>
          <TextField
            label="Name"
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            maxLength={150}
            value={username}
            onChange={({ target }) => setUsername(target.value)}
          />
          <TextField
            label="Password"
            name="password"
            type="password"
            autoComplete="current-password"
            required
            maxLength={1024}
            value={password}
            onChange={({ target }) => setPassword(target.value)}
          />
          <Button type="submit" kind="primary" busy={attempt.isPending}>
            Sign in
          </Button>
          {attempt.isError && <Refused error={attempt.error} />}
        </form>
        <p className="quiet">
          {session.data?.registration === 'open' && <Link to="/register">Make an account</Link>}
          {session.data?.registration === 'invite' && (
            <>
              Invited? <Link to="/register">Make an account with the invitation</Link>
            </>
          )}
          {session.data?.registration === 'closed' && 'An administrator makes accounts here.'}
        </p>
      </Page>
    </main>
  );
}

function Refused({ error }: { readonly error: unknown }) {
  if (isSignedOut(error) || (error instanceof ApiError && error.status === 403)) {
    return <p role="alert">Name or password is wrong.</p>;
  }
  return <ErrorNote error={error} />;
}
