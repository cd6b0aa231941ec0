import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, dioptra } from '../../data/api.ts';
import type { Group } from '../../data/session.ts';
import { SelectField } from '../../ui/field.tsx';
import { SubmitRow, submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Answer } from '../../ui/page.tsx';
import { Refusal } from '../account/refusal.tsx';
import { acquaintancesQuery, groupQuery } from './group-query.ts';
import { PermissionFields } from './permission-fields.tsx';
import { type Flags, lacking, MEMBER, READER } from './permissions.ts';

interface AddMemberFormProps {
  readonly group: Group;
  readonly own: Flags;
  readonly onClose: () => void;
}

/** Takes in somebody whom one shares another group with; all others are invited. */
export function AddMemberForm({ group, own, onClose }: AddMemberFormProps) {
  const people = useQuery(acquaintancesQuery);
  const [user, setUser] = useState('');
  const [draft, setDraft] = useState<Flags>(lacking(own, MEMBER).length === 0 ? MEMBER : READER);
  const queries = useQueryClient();
  const { done } = useNotices();
  const adding = useMutation({
    mutationFn: () =>
      answerOf(
        dioptra.POST('/groups/{id}/members', {
          params: { path: { id: group.id } },
          body: { user: Number(user), permissions: draft },
        }),
      ),
    onSuccess: () => {
      onClose();
      done('Added to the group.');
      return queries.invalidateQueries({ queryKey: groupQuery(group.id).queryKey });
    },
  });
  const submit = submitting(() => adding.mutate());
  const inside = new Set(group.members.map((member) => member.user.id));
  return (
    <form className="stack" onSubmit={submit}>
      <Answer query={people}>
        {(known) => (
          <SelectField
            label="Who"
            required
            value={user}
            onChange={({ target }) => setUser(target.value)}
            hint="People of your other groups. Somebody else needs an invitation; service accounts stay in their own group."
          >
            <option value="">Choose …</option>
            {known
              .filter(({ id }) => !inside.has(id))
              .map(({ id, username, email }) => (
                <option key={id} value={id}>
                  {email === '' ? username : `${username} (${email})`}
                </option>
              ))}
          </SelectField>
        )}
      </Answer>
      <PermissionFields own={own} draft={draft} onChange={setDraft} />
      <SubmitRow busy={adding.isPending} onCancel={onClose}>
        Add to the group
      </SubmitRow>
      {adding.isError && <Refusal error={adding.error} />}
    </form>
  );
}
