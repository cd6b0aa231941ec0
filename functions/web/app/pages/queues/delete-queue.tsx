import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, dioptra } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { Confirm } from '../../ui/dialog.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Name } from '../../ui/text.tsx';
import type { Queue } from './queue-pool.ts';

interface DeleteQueueProps {
  readonly queue: Queue;
  readonly onClose: () => void;
}

/** Asks before a queue is deleted. */
export function DeleteQueue({ queue, onClose }: DeleteQueueProps) {
  const group = useGroup();
  const queries = useQueryClient();
  const notices = useNotices();
  const remove = useMutation({
    mutationFn: () =>
      answerOf(dioptra.DELETE('/queues/{id}', { params: { path: { id: queue.id } } })),
    onSuccess: async () => {
      notices.done(`Queue ${queue.name} was deleted.`);
      onClose();
      await queries.invalidateQueries({ queryKey: ['queues', group] });
    },
    onError: notices.failed,
  });
  return (
    <Confirm
      open
      title={`Delete queue ${queue.name}?`}
      action="Delete the queue"
      danger
      busy={remove.isPending}
      onClose={onClose}
      onConfirm={() => remove.mutate()}
    >
      <p>
        Nobody can submit jobs to <Name>{queue.name}</Name> any more. Jobs that wait in it still
        run. This cannot be undone, but a new queue may have its name.
      </p>
    </Confirm>
  );
}
