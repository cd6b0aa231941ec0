import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, dioptra } from '../../data/api.ts';
import { groupsQuery } from '../../data/session.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Refusal } from '../account/refusal.tsx';
import { refusalOf } from '../account/refusals.ts';

/** Makes a group that one owns, and goes there. */
export function NewGroupForm() {
  const [name, setName] = useState('');
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { done } = useNotices();
  const making = useMutation({
    mutationFn: () => answerOf(dioptra.POST('/groups', { body: { name } })),
    onSuccess: async ({ id }) => {
      done('The group is made, and you own it. Invite the others here.');
      await queries.invalidateQueries({ queryKey: groupsQuery.queryKey });
      await navigate({ to: '/$group/people', params: { group: id }, search: {} });
    },
  });
  const submit = submitting(() => making.mutate());
  const nameError = refusalOf(making.error, 'name');
  return (
    <form className="account-form" onSubmit={submit}>
      <TextField
        label="Name of the group"
        required
        maxLength={256}
        value={name}
        onChange={({ target }) => setName(target.value)}
        error={nameError}
        hint="Letters A to Z, digits, spaces, “_”, “.” and “-”. It is its name as a workspace of MLflow’s, too."
      />
      <div>
        <Button type="submit" busy={making.isPending}>
          Make the group
        </Button>
      </div>
      {making.isError && nameError === undefined && <Refusal error={making.error} />}
    </form>
  );
}
