import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { type Session, sessionQuery, signIn } from '../../data/session.ts';
import { Logo } from '../../ui/logo.tsx';
import { Page } from '../../ui/page.tsx';
import { nextPage } from './next-page.ts';
import { SignInForm } from './sign-in-form.tsx';

const route = getRouteApi('/sign-in');

export function SignInPage() {
  const { next, changed } = route.useSearch();
  const session = useQuery(sessionQuery);
  const after = nextPage(next);
  const known = typeof session.data?.username === 'string';
  // Loaded anew: nothing that was read before stays.
  useEffect(() => {
    if (known) window.location.replace(after);
  }, [known, after]);
  const attempt = useMutation({
    mutationFn: ({ username, password }: { username: string; password: string }) =>
      signIn(username, password),
    onSuccess: () => window.location.assign(after),
  });
  return (
    <main className="alone">
      <p className="brand">
        <Logo />
        Assay
      </p>
      <Page title="Sign in">
        {changed === true && (
          <p role="status">
            The password is changed, and every session has ended. Sign in with it.
          </p>
        )}
        {next !== undefined && after !== '/ui/' && (
          <p className="quiet">Then you go on to where you were.</p>
        )}
        <SignInForm
          action="Sign in"
          autoFocus
          busy={attempt.isPending || attempt.isSuccess}
          error={attempt.error}
          onSubmit={(username, password) => attempt.mutate({ username, password })}
        />
        <WayIn registration={session.data?.registration} />
        <details>
          <summary>Password forgotten, or older than a year?</summary>
          <p className="quiet">
            An old one does not let you in any more. Whoever shares a group with you can open the
            page “People”, choose “Renew an expired password” beside your name, and let you type the
            old and a new one. Nobody can look up or reset a forgotten one: an administrator makes
            you another account.
          </p>
        </details>
      </Page>
    </main>
  );
}

/** How to come by an account. */
function WayIn({ registration }: { readonly registration: Session['registration'] | undefined }) {
  if (registration === undefined) return null;
  return (
    <p className="quiet">
      {registration === 'open' && <Link to="/register">Make an account</Link>}
      {registration === 'invite' && (
        <>
          Invited? <Link to="/register">Make an account with the invitation</Link>
        </>
      )}
      {registration === 'closed' && (
        <>
          An administrator makes accounts here. <Link to="/register">Invited all the same?</Link>
        </>
      )}
    </p>
  );
}
