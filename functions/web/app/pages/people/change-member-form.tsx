import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, dioptra } from '../../data/api.ts';
import { type Group, groupsQuery } from '../../data/session.ts';
import { SubmitRow, submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Name } from '../../ui/text.tsx';
import { Refusal } from '../account/refusal.tsx';
import { groupQuery } from './group-query.ts';
import type { MemberRow } from './members-tab.tsx';
import { PermissionFields } from './permission-fields.tsx';
import { type Flags, ownersOf, PUBLIC_GROUP } from './permissions.ts';

interface ChangeMemberFormProps {
  readonly group: Group;
  readonly own: Flags;
  readonly member: MemberRow;
  readonly onClose: () => void;
}

export function ChangeMemberForm({ group, own, member, onClose }: ChangeMemberFormProps) {
  const [draft, setDraft] = useState(member.flags);
  const queries = useQueryClient();
  const { done } = useNotices();
  const changing = useMutation({
    mutationFn: () =>
      answerOf(
        dioptra.PUT('/groups/{id}/members/{userId}', {
          params: { path: { id: group.id, userId: member.id } },
          body: { permissions: draft },
        }),
      ),
    onSuccess: async () => {
      onClose();
      done('The permissions are changed.');
      await queries.invalidateQueries({ queryKey: groupQuery(group.id).queryKey });
      await queries.invalidateQueries({ queryKey: groupsQuery.queryKey });
    },
  });
  const submit = submitting(() => changing.mutate());
  const last = member.flags.owner && !draft.owner && ownersOf(group) === 1;
  return (
    <form className="stack" onSubmit={submit}>
      <p>
        What <Name>{member.username}</Name> may do here{member.isSelf && ', which is you'}. It holds
        within five seconds.
      </p>
      {group.id === PUBLIC_GROUP && (
        <p className="caution">
          This is the group “public”: whoever administers it administers the whole deployment.
        </p>
      )}
      <PermissionFields own={own} draft={draft} onChange={setDraft} service={member.service} />
      {last && (
        <p role="alert" className="caution">
          It is the only owner: make another member an owner first.
        </p>
      )}
      <SubmitRow busy={changing.isPending} disabled={last} onCancel={onClose}>
        Save
      </SubmitRow>
      {changing.isError && <Refusal error={changing.error} />}
    </form>
  );
}
