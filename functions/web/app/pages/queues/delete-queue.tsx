import { answerOf, dioptra } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { ConfirmDelete } from '../../ui/confirm-delete.tsx';
import { Name } from '../../ui/text.tsx';
import type { Queue } from './queue-pool.ts';

interface DeleteQueueProps {
  readonly queue: Queue;
  readonly onClose: () => void;
}

/** Asks before a queue is deleted. */
export const DeleteQueue = ({ queue, onClose }: DeleteQueueProps) => (
  <ConfirmDelete
    row={queue}
    title={`Delete queue ${queue.name}?`}
    action="Delete the queue"
    done={`Queue ${queue.name} was deleted.`}
    remove={({ id }) => answerOf(dioptra.DELETE('/queues/{id}', { params: { path: { id } } }))}
    changes={[['queues', useGroup()]]}
    onClose={onClose}
  >
    <p>
      Nobody can submit jobs to <Name>{queue.name}</Name> any more. Jobs that wait in it still run.
      This cannot be undone, but a new queue may have its name.
    </p>
  </ConfirmDelete>
);
