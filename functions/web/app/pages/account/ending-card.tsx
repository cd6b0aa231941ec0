import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, dioptra } from '../../data/api.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm, Dialog } from '../../ui/dialog.tsx';
import { submitting } from '../../ui/form.tsx';
import { Card } from '../../ui/page.tsx';
import { PasswordField } from './passwords.tsx';
import { Refusal } from './refusal.tsx';
import { useWait } from './use-wait.ts';

/** Everything of the page goes with the session. */
const out = (): void => window.location.assign('/ui/sign-in');

/** The ways out: of every session, and of the account. */
export function EndingCard() {
  const [asked, setAsked] = useState<'everywhere' | 'account'>();
  const close = (): void => setAsked(undefined);
  return (
    <Card title="Sign out, and end">
      <p>
        A lost laptop, a token in the wrong place: this ends every session, token and key of yours,
        within five seconds everywhere.
      </p>
      <div>
        <Button onClick={() => setAsked('everywhere')}>Sign out everywhere</Button>
      </div>
      <p>
        Ending the account takes you out of all groups. What you made stays, with your name, which
        nobody can take again.
      </p>
      <div>
        <Button kind="danger" onClick={() => setAsked('account')}>
          End the account
        </Button>
      </div>
      <Everywhere open={asked === 'everywhere'} onClose={close} />
      <Dialog title="End the account?" open={asked === 'account'} onClose={close}>
        <EndForm onClose={close} />
      </Dialog>
    </Card>
  );
}

interface AskProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

function Everywhere({ open, onClose }: AskProps) {
  const leaving = useMutation({
    mutationFn: () =>
      answerOf(dioptra.POST('/auth/logout', { params: { query: { everywhere: true } } })),
    onSuccess: out,
  });
  return (
    <Confirm
      title="Sign out everywhere?"
      open={open}
      onClose={onClose}
      action="Sign out everywhere"
      danger
      busy={leaving.isPending || leaving.isSuccess}
      onConfirm={() => leaving.mutate()}
    >
      <p>
        Every session ends, in this browser, too, and every personal token and key. It cannot be
        undone: programs that use them need new ones.
      </p>
      {leaving.isError && <Refusal error={leaving.error} />}
    </Confirm>
  );
}

function EndForm({ onClose }: Pick<AskProps, 'onClose'>) {
  const [password, setPassword] = useState('');
  const ending = useMutation({
    mutationFn: () => answerOf(dioptra.DELETE('/users/current', { body: { password } })),
    onSuccess: out,
  });
  const wait = useWait(ending.error);
  const submit = submitting(() => ending.mutate());
  return (
    <form className="stack" onSubmit={submit}>
      <p className="caution">
        It cannot be undone. Your sessions, tokens and memberships end; your e-mail address is free
        again, your name is not. A group that only you own needs another owner first.
      </p>
      <PasswordField
        label="Your password"
        kind="current-password"
        value={password}
        onChange={setPassword}
      />
      <div className="row">
        <Button
          type="submit"
          kind="danger"
          busy={ending.isPending || ending.isSuccess}
          disabled={wait > 0}
        >
          End my account for good
        </Button>
        <Button onClick={onClose}>Keep it as it is</Button>
      </div>
      {ending.isError && <Refusal error={ending.error} />}
    </form>
  );
}
