import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { answerOf, dioptra } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { CodeEditor } from '../../ui/code-editor.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextArea, TextField } from '../../ui/field.tsx';
import { SubmitRow, submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { ErrorNote } from '../../ui/page.tsx';
import type { Structure, StructureReading } from './structure.ts';
import type { ParameterType } from './types-query.ts';

interface TypeDialogProps {
  /** The type that is changed; a new one otherwise. */
  readonly type?: ParameterType;
  readonly onClose: () => void;
}

/** Name and structure of a type. */
export function TypeDialog({ type, onClose }: TypeDialogProps) {
  const title = type === undefined ? 'New parameter type' : `Parameter type ${type.name}`;
  return (
    <Dialog title={title} open onClose={onClose}>
      <TypeForm onClose={onClose} {...(type !== undefined && { type })} />
    </Dialog>
  );
}

/** Reads what is typed, by the rules of the language of types, which come late. */
function useStructure(text: string): StructureReading | undefined {
  const [reading, setReading] = useState<StructureReading>();
  useEffect(() => {
    let current = true;
    void import('./structure.ts').then(({ readStructure }) => {
      if (current) setReading(readStructure(text));
    });
    return () => {
      current = false;
    };
  }, [text]);
  return reading;
}

interface Typed {
  readonly name: string;
  readonly description: string;
  readonly structure: Structure;
}

function save(group: number, type: ParameterType | undefined, body: Typed) {
  return type === undefined
    ? answerOf(dioptra.POST('/pluginParameterTypes', { body: { ...body, group } }))
    : answerOf(
        dioptra.PUT('/pluginParameterTypes/{id}', { params: { path: { id: type.id } }, body }),
      );
}

function TypeForm({ type, onClose }: TypeDialogProps) {
  const [name, setName] = useState(type?.name ?? '');
  const [description, setDescription] = useState(type?.description ?? '');
  const [text, setText] = useState(
    type === undefined || type.structure === null ? '' : JSON.stringify(type.structure, null, 2),
  );
  const reading = useStructure(text);
  const group = useGroup();
  const queries = useQueryClient();
  const notices = useNotices();
  const keep = useMutation({
    mutationFn: (structure: Structure) =>
      save(group, type, { name: name.trim(), description, structure }),
    onSuccess: async (saved) => {
      notices.done(`The type ${saved.name} is saved.`);
      onClose();
      await queries.invalidateQueries({ queryKey: ['parameterTypes'] });
    },
  });
  const ready = name.trim() !== '' && reading?.ok === true;
  return (
    <form
      className="stack"
      onSubmit={submitting(() => {
        if (name.trim() !== '' && reading?.ok === true) keep.mutate(reading.structure);
      })}
    >
      <TextField
        label="Name"
        value={name}
        required
        spellCheck={false}
        onChange={({ target }) => setName(target.value)}
      />
      <TextArea
        label="Description"
        rows={2}
        value={description}
        onChange={({ target }) => setDescription(target.value)}
      />
      <CodeEditor
        label="Structure (YAML or JSON); empty for a name alone"
        language="yaml"
        value={text}
        onChange={setText}
        height="9rem"
      />
      <p className="quiet">
        One of <code>list: number</code>, <code>tuple: [string, integer]</code>,{' '}
        <code>mapping: [string, number]</code>, <code>union: [string, number]</code>,{' '}
        <code>is_a: number</code>; types within may be definitions themselves.
      </p>
      <p role="status" className="plugin-fault">
        {reading?.ok === false ? <bdi>{reading.fault}</bdi> : ''}
      </p>
      {keep.isError && <ErrorNote error={keep.error} />}
      <SubmitRow busy={keep.isPending} disabled={!ready} onCancel={onClose}>
        {type === undefined ? 'Make the type' : 'Save a new version'}
      </SubmitRow>
    </form>
  );
}
