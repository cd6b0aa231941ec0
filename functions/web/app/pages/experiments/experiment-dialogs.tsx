import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { Confirm, Dialog } from '../../ui/dialog.tsx';
import { TextArea, TextField } from '../../ui/field.tsx';
import { SubmitRow, submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { ErrorNote } from '../../ui/page.tsx';
import {
  changeExperiment,
  createExperiment,
  type Experiment,
  renameExperiment,
} from './experiment-data.ts';

/** Lists and pages of experiments are read again. */
export function useExperimentChanged(group: number): () => Promise<unknown> {
  const queries = useQueryClient();
  return () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ['experiments', group] }),
      queries.invalidateQueries({ queryKey: ['experiment', group] }),
    ]);
}

interface DialogProps {
  readonly group: number;
  readonly onClose: () => void;
}

export function CreateExperiment({ open, ...rest }: DialogProps & { readonly open: boolean }) {
  return (
    <Dialog title="New experiment" open={open} onClose={rest.onClose}>
      <CreateForm {...rest} />
    </Dialog>
  );
}

function CreateForm({ group, onClose }: DialogProps) {
  const [name, setName] = useState('');
  const [note, setNote] = useState('');
  const navigate = useNavigate();
  const changed = useExperimentChanged(group);
  const { done } = useNotices();
  const create = useMutation({
    mutationFn: () => createExperiment(group, name.trim(), note.trim()),
    onSuccess: async ({ experiment_id: experiment }) => {
      done(`The experiment ${name.trim()} was made.`);
      void changed();
      await navigate({ to: '/$group/experiments/$experiment', params: { group, experiment } });
    },
  });
  const submit = submitting(() => create.mutate());
  return (
    <form className="stack" onSubmit={submit}>
      <TextField
        label="Name"
        required
        maxLength={500}
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <TextArea
        label="Description"
        hint="What is tried, and how one sees that it worked. It can be left out."
        value={note}
        onChange={({ target }) => setNote(target.value)}
      />
      {create.isError && <ErrorNote error={create.error} />}
      <SubmitRow busy={create.isPending} onCancel={onClose}>
        Create
      </SubmitRow>
    </form>
  );
}

interface OneProps extends DialogProps {
  /** What it is about; nothing while it is closed. */
  readonly experiment: Experiment | undefined;
}

export function RenameExperiment({ experiment, ...rest }: OneProps) {
  return (
    <Dialog title="Rename experiment" open={experiment !== undefined} onClose={rest.onClose}>
      {experiment !== undefined && <RenameForm experiment={experiment} {...rest} />}
    </Dialog>
  );
}

function RenameForm({ group, experiment, onClose }: OneProps & { experiment: Experiment }) {
  const [name, setName] = useState(experiment.name);
  const changed = useExperimentChanged(group);
  const { done } = useNotices();
  const rename = useMutation({
    mutationFn: () => renameExperiment(group, experiment.experiment_id, name.trim()),
    onSuccess: () => {
      done('The experiment has its new name.');
      onClose();
      return changed();
    },
  });
  const submit = submitting(() => rename.mutate());
  return (
    <form className="stack" onSubmit={submit}>
      <TextField
        label="Name"
        required
        maxLength={500}
        value={name}
        hint="Clients that name the experiment by its old name will make a new one."
        onChange={({ target }) => setName(target.value)}
      />
      {rename.isError && <ErrorNote error={rename.error} />}
      <SubmitRow busy={rename.isPending} onCancel={onClose}>
        Rename
      </SubmitRow>
    </form>
  );
}

interface ConfirmChangeProps extends OneProps {
  readonly change: 'delete' | 'remove';
  readonly title: string;
  readonly action: string;
  readonly done: string;
  /** What will happen to the experiment, behind its name. */
  readonly children: ReactNode;
}

function ConfirmChange({ group, experiment, onClose, ...texts }: ConfirmChangeProps) {
  const { change, title, action, children } = texts;
  const changed = useExperimentChanged(group);
  const { done } = useNotices();
  const changing = useMutation({
    mutationFn: (id: string) => changeExperiment(group, id, change),
    onSuccess: () => {
      done(texts.done);
      onClose();
      return changed();
    },
  });
  return (
    <Confirm
      title={title}
      open={experiment !== undefined}
      onClose={onClose}
      action={action}
      danger
      busy={changing.isPending}
      onConfirm={() => experiment !== undefined && changing.mutate(experiment.experiment_id)}
    >
      <p>
        <strong>
          <bdi>{experiment?.name}</bdi>
        </strong>{' '}
        {children}
      </p>
      {changing.isError && <ErrorNote error={changing.error} />}
    </Confirm>
  );
}

export const DeleteExperiment = (props: OneProps) => (
  <ConfirmChange
    {...props}
    change="delete"
    title="Delete experiment"
    action="Delete"
    done="The experiment was deleted. It can be restored."
  >
    and its runs will be deleted. They can be restored from “Deleted” – unless a retention removes
    them first.
  </ConfirmChange>
);

export const RemoveExperiment = (props: OneProps) => (
  <ConfirmChange
    {...props}
    change="remove"
    title="Remove experiment for good"
    action="Remove for good"
    done="The experiment will be gone within twenty minutes."
  >
    with all its runs, metrics and artifacts will be removed. This cannot be undone. Owners of the
    group may do it; experiments with locked runs or with jobs stay.
  </ConfirmChange>
);

/** Brings a deleted experiment back, with the runs that were deleted with it. */
export function useRestoreExperiment(group: number) {
  const changed = useExperimentChanged(group);
  const { done, failed } = useNotices();
  return useMutation({
    mutationFn: (id: string) => changeExperiment(group, id, 'restore'),
    onSuccess: () => {
      done('The experiment is back, with the runs that were deleted with it.');
      return changed();
    },
    onError: failed,
  });
}
