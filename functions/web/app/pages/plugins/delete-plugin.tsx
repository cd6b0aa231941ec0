import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Confirm } from '../../ui/dialog.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { deletePlugin, type Plugin } from './calls.ts';

interface DeletePluginProps {
  readonly plugin: Plugin | undefined;
  readonly onClose: () => void;
  readonly onDeleted?: () => void;
}

/** Asks, then deletes. */
export function DeletePlugin({ plugin, onClose, onDeleted }: DeletePluginProps) {
  const queries = useQueryClient();
  const notices = useNotices();
  const remove = useMutation({
    mutationFn: deletePlugin,
    onSuccess: async () => {
      notices.done('The plugin is deleted.');
      onClose();
      onDeleted?.();
      await queries.invalidateQueries({ queryKey: ['plugins'] });
    },
    onError: notices.failed,
  });
  return (
    <Confirm
      title={`Delete ${plugin?.name ?? ''}?`}
      open={plugin !== undefined}
      onClose={onClose}
      action="Delete the plugin"
      danger
      busy={remove.isPending}
      onConfirm={() => plugin !== undefined && remove.mutate(plugin.id)}
    >
      <p>
        No entrypoint can bind it anew. Entrypoints that bind a version of it keep that, with its
        files. It cannot be undone.
      </p>
    </Confirm>
  );
}
