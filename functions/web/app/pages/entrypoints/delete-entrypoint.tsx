import { ConfirmDelete } from '../../ui/confirm-delete.tsx';
import { deleteEntrypoint, type Entrypoint } from './calls.ts';

interface DeleteEntrypointProps {
  readonly entrypoint: Entrypoint | undefined;
  readonly onClose: () => void;
  readonly onDeleted?: () => void;
}

/** Asks, then deletes. */
export const DeleteEntrypoint = ({ entrypoint, ...rest }: DeleteEntrypointProps) => (
  <ConfirmDelete
    {...rest}
    row={entrypoint}
    title={`Delete ${entrypoint?.name ?? ''}?`}
    action="Delete the entrypoint"
    done="The entrypoint is deleted."
    remove={({ id }) => deleteEntrypoint(id)}
    changes={[['entrypoints']]}
  >
    <p>
      No new jobs can use it. Jobs that ran or are queued keep the version that they were submitted
      with. It cannot be undone.
    </p>
  </ConfirmDelete>
);
