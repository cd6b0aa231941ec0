import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, dioptra } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { TextArea, TextField } from '../../ui/field.tsx';
import { SubmitRow, submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import type { Plugin } from './calls.ts';

interface PluginDialogProps {
  readonly open: boolean;
  /** The plugin that is renamed; a new one otherwise. */
  readonly plugin?: Plugin;
  readonly onClose: () => void;
  readonly onSaved: (id: number) => void;
}

/** Name and description of a plugin. */
export function PluginDialog({ open, plugin, onClose, onSaved }: PluginDialogProps) {
  const title = plugin === undefined ? 'New plugin' : `Name and description of ${plugin.name}`;
  return (
    <Dialog title={title} open={open} onClose={onClose}>
      <PluginForm onClose={onClose} onSaved={onSaved} {...(plugin !== undefined && { plugin })} />
    </Dialog>
  );
}

const NAME = /^(?:[A-Za-z]|[A-Za-z_][A-Za-z0-9_]+)$/;

function PluginForm({ plugin, onClose, onSaved }: Omit<PluginDialogProps, 'open'>) {
  const [name, setName] = useState(plugin?.name ?? '');
  const [description, setDescription] = useState(plugin?.description ?? '');
  const group = useGroup();
  const queries = useQueryClient();
  const notices = useNotices();
  const save = useMutation({
    mutationFn: (): Promise<Plugin> => {
      const body = { name: name.trim(), description };
      return plugin === undefined
        ? answerOf(dioptra.POST('/plugins', { body: { ...body, group } }))
        : answerOf(dioptra.PUT('/plugins/{id}', { params: { path: { id: plugin.id } }, body }));
    },
    onSuccess: async (saved) => {
      notices.done(plugin === undefined ? `${saved.name} is made.` : 'It is saved.');
      onClose();
      onSaved(saved.id);
      await queries.invalidateQueries({ queryKey: ['plugins'] });
      await queries.invalidateQueries({ queryKey: ['plugin', saved.id] });
    },
  });
  const fits = NAME.test(name.trim());
  return (
    <form
      className="stack"
      onSubmit={submitting(() => {
        if (fits) save.mutate();
      })}
    >
      <TextField
        label="Name"
        value={name}
        spellCheck={false}
        required
        hint="The name of the Python package: letters, digits and _."
        error={
          save.error?.message ?? (name === '' || fits ? undefined : 'Letters, digits and _ only.')
        }
        onChange={({ target }) => setName(target.value)}
      />
      <TextArea
        label="Description"
        value={description}
        onChange={({ target }) => setDescription(target.value)}
      />
      <SubmitRow busy={save.isPending} disabled={!fits} onCancel={onClose}>
        {plugin === undefined ? 'Make the plugin' : 'Save'}
      </SubmitRow>
    </form>
  );
}
