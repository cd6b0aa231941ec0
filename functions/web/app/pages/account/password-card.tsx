import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, dioptra } from '../../data/api.ts';
import { dayOf } from '../../data/format.ts';
import { Button } from '../../ui/button.tsx';
import { submitting } from '../../ui/form.tsx';
import { Card } from '../../ui/page.tsx';
import { personQuery } from './account-queries.ts';
import { differ, NewPassword, PasswordField } from './passwords.tsx';
import { Refusal } from './refusal.tsx';
import { useWait } from './use-wait.ts';

const SOON_MS = 30 * 86_400_000;

export function PasswordCard() {
  const person = useQuery(personQuery);
  const until = person.data?.passwordExpiresOn;
  const soon = until !== undefined && new Date(until).getTime() - Date.now() < SOON_MS;
  return (
    <Card title="Password">
      {until !== undefined && (
        <p className={soon ? 'caution' : 'quiet'}>
          The one that you have is good until {dayOf(until)}.
          {soon && ' Change it before that: an expired one does not let you in.'}
        </p>
      )}
      <PasswordForm />
    </Card>
  );
}

function PasswordForm() {
  const [oldPassword, setOld] = useState('');
  const [newPassword, setNew] = useState('');
  const [again, setAgain] = useState('');
  const changing = useMutation({
    mutationFn: () =>
      answerOf(
        dioptra.POST('/users/current/password', {
          body: { oldPassword, newPassword, confirmNewPassword: again },
        }),
      ),
    // The session has ended with the old password.
    onSuccess: () => window.location.assign('/ui/sign-in?next=/account&changed=true'),
  });
  const wait = useWait(changing.error);
  const submit = submitting(() => {
    if (!differ(newPassword, again)) changing.mutate();
  });
  return (
    <form className="account-form" onSubmit={submit}>
      <PasswordField
        label="Present password"
        kind="current-password"
        value={oldPassword}
        onChange={setOld}
      />
      <NewPassword
        label="New password"
        value={newPassword}
        again={again}
        onChange={setNew}
        onAgain={setAgain}
      />
      <p className="caution">
        It ends all your sessions, this one too, and all your tokens and keys: programs that use
        them need new ones. Then you sign in again.
      </p>
      <div>
        <Button
          type="submit"
          kind="primary"
          busy={changing.isPending || changing.isSuccess}
          disabled={wait > 0}
        >
          {wait > 0 ? `Change the password (in ${wait} s)` : 'Change the password'}
        </Button>
      </div>
      {changing.isError && <Refusal error={changing.error} />}
    </form>
  );
}
