import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, dioptra } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextArea, TextField } from '../../ui/field.tsx';
import { submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { ErrorNote } from '../../ui/page.tsx';
import type { Queue } from './queue-pool.ts';

interface QueueDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  /** The queue to change; a new one is made when missing. */
  readonly queue?: Queue;
}

const MOST = 100;

/** Whether a text is a priority: a whole number from -100 to 100. */
const isPriority = (text: string): boolean => /^-?\d{1,3}$/.test(text) && Math.abs(+text) <= MOST;

/** Makes or changes a queue. */
export function QueueDialog({ open, onClose, queue }: QueueDialogProps) {
  return (
    <Dialog
      title={queue === undefined ? 'New queue' : `Change queue ${queue.name}`}
      open={open}
      onClose={onClose}
    >
      <QueueForm onClose={onClose} {...(queue !== undefined && { queue })} />
    </Dialog>
  );
}

interface Fields {
  readonly name: string;
  readonly description: string;
  readonly priority: number;
}

function useSave(queue: Queue | undefined, onClose: () => void) {
  const group = useGroup();
  const queries = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationFn: (body: Fields): Promise<unknown> =>
      queue === undefined
        ? answerOf(dioptra.POST('/queues', { body: { ...body, group } }))
        : answerOf(dioptra.PUT('/queues/{id}', { params: { path: { id: queue.id } }, body })),
    onSuccess: async (_, { name }) => {
      notices.done(`Queue ${name} was ${queue === undefined ? 'made' : 'changed'}.`);
      onClose();
      await queries.invalidateQueries({ queryKey: ['queues', group] });
    },
  });
}

function QueueForm({ queue, onClose }: Omit<QueueDialogProps, 'open'>) {
  const [name, setName] = useState(queue?.name ?? '');
  const [description, setDescription] = useState(queue?.description ?? '');
  const [priority, setPriority] = useState(String(queue?.priority ?? 0));
  const save = useSave(queue, onClose);
  const isFine = name.trim() !== '' && isPriority(priority);
  const onSubmit = submitting(() => {
    if (isFine) save.mutate({ name: name.trim(), description, priority: Number(priority) });
  });
  return (
    <form className="stack" onSubmit={onSubmit}>
      <TextField
        label="Name"
        required
        maxLength={200}
        hint="Called like a pool it is served by that pool's workers, else by those of the pool default"
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <TextField
        label="Priority"
        inputMode="numeric"
        hint="From -100 to 100; within the group, jobs of queues with more go first"
        error={isPriority(priority) ? undefined : 'Write a whole number from -100 to 100.'}
        value={priority}
        onChange={({ target }) => setPriority(target.value.trim())}
      />
      <TextArea
        label="Description"
        maxLength={10_000}
        value={description}
        onChange={({ target }) => setDescription(target.value)}
      />
      {queue !== undefined && (
        <p className="quiet">Jobs that wait already keep the name and priority that it had.</p>
      )}
      {save.isError && <ErrorNote error={save.error} />}
      <div className="row">
        <Button type="submit" kind="primary" busy={save.isPending} disabled={!isFine}>
          {queue === undefined ? 'Make the queue' : 'Save'}
        </Button>
        <Button onClick={onClose}>Keep it as it is</Button>
      </div>
    </form>
  );
}
