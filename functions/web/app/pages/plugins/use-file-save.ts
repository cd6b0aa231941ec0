import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { ApiError } from '../../data/api-error.ts';
import { useNotices } from '../../ui/notices.tsx';
import {
  deleteFile,
  type Plugin,
  type PluginFile,
  type ReadFile,
  readFile,
  saveFile,
} from './calls.ts';
import { type FileForm, fileBody } from './tasks.ts';

interface FileSaveProps {
  readonly plugin: Plugin;
  readonly read: ReadFile | undefined;
  readonly onSaved: ((file: PluginFile) => void) | undefined;
  readonly onDeleted: (() => void) | undefined;
}

const isNoLonger = (error: unknown): boolean => error instanceof ApiError && error.status === 412;

/** Saves and deletes a file, unless somebody else changed it since it was read. */
export function useFileSave({ plugin, read, onSaved, onDeleted }: FileSaveProps) {
  const [base, setBase] = useState(read);
  const [newer, setNewer] = useState<ReadFile>();
  // What was saved is not lost by the way to its own page.
  const done = useRef(false);
  const queries = useQueryClient();
  const notices = useNotices();
  const renew = (): void => {
    void queries.invalidateQueries({ queryKey: ['plugins'] });
    // What is shown of a file that was deleted must not be asked for again.
    void queries.invalidateQueries({ queryKey: ['plugin', plugin.id], exact: true });
    void queries.invalidateQueries({ queryKey: ['plugin', plugin.id, 'versions'] });
  };
  const save = useMutation({
    mutationFn: ({ form, before }: { form: FileForm; before: ReadFile | undefined }) =>
      saveFile(plugin.id, fileBody(form), before),
    onSuccess: async (file) => {
      setNewer(undefined);
      if (base === undefined) done.current = true;
      else setBase(await readFile(plugin.id, file.id));
      notices.done(`${file.filename} is saved.`);
      onSaved?.(file);
      renew();
      void queries.invalidateQueries({ queryKey: ['plugin', plugin.id, 'file', file.id] });
    },
    onError: async (error) => {
      if (isNoLonger(error) && base !== undefined) {
        await readFile(plugin.id, base.file.id).then(setNewer, notices.failed);
      }
    },
  });
  const remove = useMutation({
    mutationFn: () => deleteFile(plugin.id, base?.file.id ?? 0),
    onSuccess: () => {
      done.current = true;
      notices.done('The file is deleted.');
      onDeleted?.();
      renew();
    },
    onError: notices.failed,
  });
  return {
    /** What is saved now. */
    base,
    /** What somebody else saved meanwhile. */
    newer,
    run: (form: FileForm) => save.mutate({ form, before: base }),
    overwrite: (form: FileForm) => save.mutate({ form, before: newer }),
    remove: () => remove.mutate(),
    busy: save.isPending || remove.isPending,
    isDone: () => done.current,
    error: isNoLonger(save.error) ? null : save.error,
    forget: () => {
      setNewer(undefined);
      if (save.isError) save.reset();
    },
  };
}
