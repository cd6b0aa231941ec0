import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, dioptra } from '../../data/api.ts';
import { signIn, signOut } from '../../data/session.ts';
import { Button } from '../../ui/button.tsx';
import { keepInvitation } from './invitation.ts';
import { Refusal } from './refusal.tsx';
import { SignInForm } from './sign-in-form.tsx';

const join = (invitation: string) =>
  answerOf(dioptra.POST('/groups/join', { body: { invitation } }));

/** Loaded anew: what the person may see has changed. */
const enter = ({ id }: { readonly id: number }): void => {
  keepInvitation('');
  window.location.assign(`/ui/${id}`);
};

interface JoinProps {
  readonly invitation: string;
}

/** For whoever is signed in: one click. */
export function JoinAsKnown({ username, invitation }: JoinProps & { readonly username: string }) {
  const queries = useQueryClient();
  const joining = useMutation({ mutationFn: () => join(invitation), onSuccess: enter });
  const leaving = useMutation({ mutationFn: signOut, onSuccess: () => queries.clear() });
  return (
    <div className="stack">
      <p>
        You are signed in as <bdi>{username}</bdi>. The invitation takes this account into the group
        that it is for, with the permissions that were chosen for it.
      </p>
      <div className="row">
        <Button
          kind="primary"
          busy={joining.isPending || joining.isSuccess}
          disabled={invitation === ''}
          onClick={() => joining.mutate()}
        >
          Join the group
        </Button>
        <Button busy={leaving.isPending} onClick={() => leaving.mutate()}>
          Make another account instead
        </Button>
      </div>
      {joining.isError && <Refusal error={joining.error} />}
      {leaving.isError && <Refusal error={leaving.error} />}
    </div>
  );
}

/** For whoever has an account and is not signed in: both at once, so that nothing has to be kept. */
export function JoinAsStranger({ invitation }: JoinProps) {
  const joining = useMutation({
    mutationFn: async ({ username, password }: { username: string; password: string }) => {
      await signIn(username, password);
      return join(invitation);
    },
    onSuccess: enter,
  });
  return (
    <SignInForm
      action="Sign in and join"
      busy={joining.isPending || joining.isSuccess}
      error={joining.error}
      onSubmit={(username, password) => joining.mutate({ username, password })}
    />
  );
}
