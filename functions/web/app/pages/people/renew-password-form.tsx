import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, dioptra } from '../../data/api.ts';
import { SubmitRow, submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Name } from '../../ui/text.tsx';
import { differ, NewPassword, PasswordField } from '../account/passwords.tsx';
import { Refusal } from '../account/refusal.tsx';
import { useWait } from '../account/use-wait.ts';
import type { MemberRow } from './members-tab.tsx';

interface RenewPasswordFormProps {
  readonly member: MemberRow;
  readonly onClose: () => void;
}

/** For somebody else, whose password is too old to sign in with, and who sits here to type it. */
export function RenewPasswordForm({ member, onClose }: RenewPasswordFormProps) {
  const [oldPassword, setOld] = useState('');
  const [newPassword, setNew] = useState('');
  const [again, setAgain] = useState('');
  const { done } = useNotices();
  const renewing = useMutation({
    mutationFn: () =>
      answerOf(
        dioptra.POST('/users/{id}/password', {
          params: { path: { id: member.id } },
          body: { oldPassword, newPassword, confirmNewPassword: again },
        }),
      ),
    onSuccess: () => {
      onClose();
      done('The password is new. Sessions and tokens of the account have ended.');
    },
  });
  const wait = useWait(renewing.error);
  const submit = submitting(() => {
    if (!differ(newPassword, again)) renewing.mutate();
  });
  return (
    <form className="stack" onSubmit={submit}>
      <p>
        An account whose password is older than a year cannot sign in, so it cannot change it,
        either. Let <Name>{member.username}</Name> type the old and a new one here: whoever knows
        the old one may.
      </p>
      <PasswordField
        label="Old password"
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
      <SubmitRow busy={renewing.isPending} disabled={wait > 0} onCancel={onClose}>
        {wait > 0 ? `Change the password (in ${wait} s)` : 'Change the password'}
      </SubmitRow>
      {renewing.isError && <Refusal error={renewing.error} />}
    </form>
  );
}
