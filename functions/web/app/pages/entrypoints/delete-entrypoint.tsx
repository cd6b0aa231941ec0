import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Confirm } from '../../ui/dialog.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { deleteEntrypoint, type Entrypoint } from './calls.ts';

interface DeleteEntrypointProps {
  readonly entrypoint: Entrypoint | undefined;
  readonly onClose: () => void;
  readonly onDeleted?: () => void;
}

/** Asks, then deletes. */
export function DeleteEntrypoint({ entrypoint, onClose, onDeleted }: DeleteEntrypointProps) {
  const queries = useQueryClient();
  const notices = useNotices();
  const remove = useMutation({
    mutationFn: deleteEntrypoint,
    onSuccess: async () => {
      notices.done('The entrypoint is deleted.');
      onClose();
      onDeleted?.();
      await queries.invalidateQueries({ queryKey: ['entrypoints'] });
    },
    onError: notices.failed,
  });
  return (
    <Confirm
      title={`Delete ${entrypoint?.name ?? ''}?`}
      open={entrypoint !== undefined}
      onClose={onClose}
      action="Delete the entrypoint"
      danger
      busy={remove.isPending}
      onConfirm={() => entrypoint !== undefined && remove.mutate(entrypoint.id)}
    >
      <p>
        No new jobs can use it. Jobs that ran or are queued keep the version that they were
        submitted with. It cannot be undone.
      </p>
    </Confirm>
  );
}
