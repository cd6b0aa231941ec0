import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, dioptra } from '../../data/api.ts';
import { TextField } from '../../ui/field.tsx';
import { SubmitRow, submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { differ, NewPassword } from './passwords.tsx';
import { Refusal } from './refusal.tsx';
import { refusalOf } from './refusals.ts';

/** Administrators make accounts whatever the registration is. */
export function MakeUserForm({ onClose }: { readonly onClose: () => void }) {
  const [username, setUsername] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const queries = useQueryClient();
  const { done } = useNotices();
  const making = useMutation({
    mutationFn: () =>
      answerOf(
        dioptra.POST('/users', { body: { username, email, password, confirmPassword: again } }),
      ),
    onSuccess: () => {
      onClose();
      done('The account is made; it is a member of the group “public”.');
      return queries.invalidateQueries({ queryKey: ['users'] });
    },
  });
  const submit = submitting(() => {
    if (!differ(password, again)) making.mutate();
  });
  const { error } = making;
  const [nameError, emailError] = [refusalOf(error, 'username'), refusalOf(error, 'email')];
  return (
    <form className="stack" onSubmit={submit}>
      <TextField
        label="Name"
        required
        maxLength={150}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={username}
        onChange={({ target }) => setUsername(target.value)}
        error={nameError}
      />
      <TextField
        label="E-mail address"
        type="email"
        required
        minLength={3}
        maxLength={320}
        autoComplete="off"
        value={email}
        onChange={({ target }) => setEmail(target.value)}
        error={emailError}
      />
      <NewPassword
        label="First password"
        value={password}
        again={again}
        onChange={setPassword}
        onAgain={setAgain}
      />
      <p className="caution">
        You know this password: the person should change it at once. An invitation lets people
        choose their own.
      </p>
      <SubmitRow busy={making.isPending} onCancel={onClose}>
        Make the account
      </SubmitRow>
      {error !== null && nameError === undefined && emailError === undefined && (
        <Refusal error={error} />
      )}
    </form>
  );
}
