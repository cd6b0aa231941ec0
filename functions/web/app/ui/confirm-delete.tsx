import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Confirm } from './dialog.tsx';
import { useNotices } from './notices.tsx';

interface ConfirmDeleteProps<Row> {
  /** What is to go; nothing while it is closed. */
  readonly row: Row | undefined;
  readonly title: string;
  /** What the button says: "Delete the plugin". */
  readonly action: string;
  /** What is said when it is gone. */
  readonly done: string;
  readonly remove: (row: Row) => Promise<unknown>;
  /** What is read again then. */
  readonly changes: readonly QueryKey[];
  readonly onClose: () => void;
  readonly onDeleted?: (() => void) | undefined;
  /** What will happen, and that it cannot be undone. */
  readonly children: ReactNode;
}

/** Asks, then deletes one thing of a list. It closes in any case: what went wrong is said beside the list. */
export function ConfirmDelete<Row>(props: ConfirmDeleteProps<Row>) {
  const { row, title, action, done, remove, changes, onClose, onDeleted, children } = props;
  const queries = useQueryClient();
  const notices = useNotices();
  const removal = useMutation({
    mutationFn: remove,
    onSuccess: () => {
      notices.done(done);
      onDeleted?.();
      for (const queryKey of changes) void queries.invalidateQueries({ queryKey });
    },
    onError: notices.failed,
    onSettled: onClose,
  });
  return (
    <Confirm
      title={title}
      open={row !== undefined}
      onClose={onClose}
      action={action}
      danger
      busy={removal.isPending}
      onConfirm={() => row !== undefined && removal.mutate(row)}
    >
      {children}
    </Confirm>
  );
}
