import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { answerOf, dioptra } from '../../data/api.ts';
import { type Group, groupsQuery } from '../../data/session.ts';
import { Confirm } from '../../ui/dialog.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Name } from '../../ui/text.tsx';
import { Refusal } from '../account/refusal.tsx';
import { PUBLIC_GROUP } from './permissions.ts';

interface LeaveGroupProps {
  /** The group to leave; nothing while it is not asked. */
  readonly group: Group | undefined;
  readonly onClose: () => void;
}

export function LeaveGroup({ group, onClose }: LeaveGroupProps) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { done } = useNotices();
  const leaving = useMutation({
    mutationFn: (id: number) =>
      answerOf(dioptra.DELETE('/groups/{id}/members/current', { params: { path: { id } } })),
    onSuccess: async () => {
      onClose();
      done('You have left the group.');
      await navigate({ to: '/account', search: { tab: 'groups' } });
      await queries.invalidateQueries({ queryKey: groupsQuery.queryKey });
    },
  });
  const close = (): void => {
    leaving.reset();
    onClose();
  };
  return (
    <Confirm
      title="Leave the group?"
      open={group !== undefined}
      onClose={close}
      action="Leave it"
      danger
      busy={leaving.isPending}
      onConfirm={() => {
        if (group !== undefined) leaving.mutate(group.id);
      }}
    >
      <p>
        What is in <Name>{group?.name ?? ''}</Name> is out of your sight then; what you made there
        stays. You come back only by an invitation, or when an owner takes you in.
        {group?.id === PUBLIC_GROUP &&
          ' In this group everybody sees everybody: without it, fewer people can add you to theirs.'}
      </p>
      {leaving.isError && <Refusal error={leaving.error} />}
    </Confirm>
  );
}
