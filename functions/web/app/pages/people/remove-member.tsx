import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, dioptra } from '../../data/api.ts';
import type { Group } from '../../data/session.ts';
import { Confirm } from '../../ui/dialog.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Name } from '../../ui/text.tsx';
import { Refusal } from '../account/refusal.tsx';
import { groupQuery } from './group-query.ts';
import type { MemberRow } from './members-tab.tsx';

interface RemoveMemberProps {
  readonly group: Group;
  readonly member: MemberRow | undefined;
  readonly onClose: () => void;
}

export function RemoveMember({ group, member, onClose }: RemoveMemberProps) {
  const queries = useQueryClient();
  const { done } = useNotices();
  const removing = useMutation({
    mutationFn: (userId: number) =>
      answerOf(
        dioptra.DELETE('/groups/{id}/members/{userId}', {
          params: { path: { id: group.id, userId } },
        }),
      ),
    onSuccess: () => {
      onClose();
      done('Taken out of the group, within five seconds everywhere.');
      return queries.invalidateQueries({ queryKey: groupQuery(group.id).queryKey });
    },
  });
  const close = (): void => {
    removing.reset();
    onClose();
  };
  return (
    <Confirm
      title="Take out of the group?"
      open={member !== undefined}
      onClose={close}
      action="Take out"
      danger
      busy={removing.isPending}
      onConfirm={() => {
        if (member !== undefined) removing.mutate(member.id);
      }}
    >
      <p>
        <Name>{member?.username ?? ''}</Name> no longer sees what is in <Name>{group.name}</Name>,
        and invitations that this member made are void. What was made stays. You can add the account
        again.
      </p>
      {removing.isError && <Refusal error={removing.error} />}
    </Confirm>
  );
}
