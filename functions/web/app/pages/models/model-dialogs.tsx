import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Confirm, Dialog } from '../../ui/dialog.tsx';
import { TextArea, TextField } from '../../ui/field.tsx';
import { SubmitRow, submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { ErrorNote } from '../../ui/page.tsx';
import { createModel, modelCalls } from './model-calls.ts';

/** Lists and pages of models are read again. */
export function useModelChanged(group: number): () => Promise<unknown> {
  const queries = useQueryClient();
  return () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ['models', group] }),
      queries.invalidateQueries({ queryKey: ['model', group] }),
    ]);
}

interface DialogProps {
  readonly group: number;
  readonly open: boolean;
  readonly onClose: () => void;
}

export function CreateModel({ group, open, onClose }: DialogProps) {
  return (
    <Dialog title="New model" open={open} onClose={onClose}>
      <CreateForm group={group} onClose={onClose} />
    </Dialog>
  );
}

function CreateForm({ group, onClose }: Omit<DialogProps, 'open'>) {
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const changed = useModelChanged(group);
  const navigate = useNavigate();
  const { done } = useNotices();
  const create = useMutation({
    mutationFn: () => createModel(group, name.trim(), description.trim()),
    onSuccess: async ({ registered_model: model }) => {
      done('The model was made. Clients register its versions.');
      void changed();
      await navigate({ to: '/$group/models/$model', params: { group, model: model.name } });
    },
  });
  const submit = submitting(() => create.mutate());
  return (
    <form className="stack" onSubmit={submit}>
      <TextField
        label="Name"
        required
        maxLength={256}
        hint="Without “/” and “:”."
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <TextArea
        label="Description"
        value={description}
        onChange={({ target }) => setDescription(target.value)}
      />
      {create.isError && <ErrorNote error={create.error} />}
      <SubmitRow busy={create.isPending} onCancel={onClose}>
        Create
      </SubmitRow>
    </form>
  );
}

interface OneProps extends DialogProps {
  readonly name: string;
}

export function RenameModel({ open, ...rest }: OneProps) {
  return (
    <Dialog title="Rename model" open={open} onClose={rest.onClose}>
      <RenameForm {...rest} />
    </Dialog>
  );
}

function RenameForm({ group, name, onClose }: Omit<OneProps, 'open'>) {
  const [next, setNext] = useState(name);
  const changed = useModelChanged(group);
  const navigate = useNavigate();
  const { done } = useNotices();
  const rename = useMutation({
    mutationFn: () => modelCalls(group, name).rename(next.trim()),
    onSuccess: async ({ registered_model: model }) => {
      done('The model has its new name.');
      onClose();
      await navigate({
        to: '/$group/models/$model',
        params: { group, model: model.name },
        replace: true,
      });
      await changed();
    },
  });
  const submit = submitting(() => rename.mutate());
  return (
    <form className="stack" onSubmit={submit}>
      <TextField
        label="Name"
        required
        maxLength={256}
        value={next}
        hint="Versions, aliases and tags stay with it. Clients find it by the new name only."
        onChange={({ target }) => setNext(target.value)}
      />
      {rename.isError && <ErrorNote error={rename.error} />}
      <SubmitRow busy={rename.isPending} onCancel={onClose}>
        Rename
      </SubmitRow>
    </form>
  );
}

export function DeleteModel({ group, name, open, onClose }: OneProps) {
  const changed = useModelChanged(group);
  const navigate = useNavigate();
  const { done } = useNotices();
  const remove = useMutation({
    mutationFn: () => modelCalls(group, name).remove(),
    onSuccess: async () => {
      done('The model was deleted.');
      await navigate({ to: '/$group/models', params: { group } });
      void changed();
    },
  });
  return (
    <Confirm
      title="Delete model"
      open={open}
      onClose={onClose}
      action="Delete"
      danger
      busy={remove.isPending}
      onConfirm={() => remove.mutate()}
    >
      <p>
        <strong>
          <bdi>{name}</bdi>
        </strong>{' '}
        with all its versions, aliases and tags will be deleted. This cannot be undone. Runs and
        their artifacts stay.
      </p>
      {remove.isError && <ErrorNote error={remove.error} />}
    </Confirm>
  );
}
