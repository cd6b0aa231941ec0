import { useMutation, useQueryClient } from '@tanstack/react-query';
import { apiError } from '../../data/api-error.ts';
import { Confirm } from '../../ui/dialog.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Name } from '../../ui/text.tsx';
import { Refusal } from './refusal.tsx';
import type { User } from './users-tab.tsx';

/** Of the Testbed API: the others end only the account of whoever asks. */
async function endUser(id: number): Promise<void> {
  const response = await fetch(`/api/user/${id}`, { method: 'DELETE' });
  if (!response.ok) throw apiError(response, await response.json().catch(() => undefined));
}

interface EndUserProps {
  readonly user: User | undefined;
  readonly onClose: () => void;
}

export function EndUser({ user, onClose }: EndUserProps) {
  const queries = useQueryClient();
  const { done } = useNotices();
  const ending = useMutation({
    mutationFn: endUser,
    onSuccess: () => {
      onClose();
      done('The account has ended.');
      return queries.invalidateQueries({ queryKey: ['users'] });
    },
  });
  const close = (): void => {
    ending.reset();
    onClose();
  };
  return (
    <Confirm
      title="End the account?"
      open={user !== undefined}
      onClose={close}
      action="End the account for good"
      danger
      busy={ending.isPending}
      onConfirm={() => {
        if (user !== undefined) ending.mutate(user.id);
      }}
    >
      <p>
        <Name>{user?.username ?? ''}</Name> is signed out everywhere, loses all tokens, and leaves
        every group. It cannot be undone: what the account made stays, and its name stays taken. A
        group that only this person owns needs another owner first.
      </p>
      {ending.isError && <Refusal error={ending.error} />}
    </Confirm>
  );
}
