import { ConfirmDelete } from '../../ui/confirm-delete.tsx';
import { deletePlugin, type Plugin } from './calls.ts';

interface DeletePluginProps {
  readonly plugin: Plugin | undefined;
  readonly onClose: () => void;
  readonly onDeleted?: () => void;
}

/** Asks, then deletes. */
export const DeletePlugin = ({ plugin, ...rest }: DeletePluginProps) => (
  <ConfirmDelete
    {...rest}
    row={plugin}
    title={`Delete ${plugin?.name ?? ''}?`}
    action="Delete the plugin"
    done="The plugin is deleted."
    remove={({ id }) => deletePlugin(id)}
    changes={[['plugins']]}
  >
    <p>
      No entrypoint can bind it anew. Entrypoints that bind a version of it keep that, with its
      files. It cannot be undone.
    </p>
  </ConfirmDelete>
);
