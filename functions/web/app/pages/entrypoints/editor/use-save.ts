import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { ApiError } from '../../../data/api-error.ts';
import { useNotices } from '../../../ui/notices.tsx';
import {
  changeEntrypoint,
  createEntrypoint,
  type Entrypoint,
  type ReadEntrypoint,
  readEntrypoint,
} from '../calls.ts';
import type { EntrypointForm } from './form.ts';
import { changeOf, newEntrypointOf } from './form-calls.ts';

interface SaveProps {
  readonly group: number;
  readonly base: ReadEntrypoint | undefined;
  /** Deletes the draft: what it held is saved. */
  readonly drop: () => Promise<unknown>;
  readonly onSaved: (id: number) => void;
}

export interface Save {
  readonly run: (form: EntrypointForm) => void;
  /** Saves although somebody else did; what they saved stays a version. */
  readonly overwrite: (form: EntrypointForm) => void;
  /** What somebody else saved meanwhile. */
  readonly newer: ReadEntrypoint | undefined;
  readonly busy: boolean;
  /** Whether it is saved: what is left then is not lost. */
  readonly isDone: () => boolean;
  readonly error: Error | null;
  /** Forgets what went wrong: it was about another text. */
  readonly forget: () => void;
}

const isNoLonger = (error: unknown): boolean => error instanceof ApiError && error.status === 412;

/** Saves a form as a new entrypoint or version, unless somebody else changed it since it was read. */
export function useSave({ group, base, drop, onSaved }: SaveProps): Save {
  const [newer, setNewer] = useState<ReadEntrypoint>();
  const done = useRef(false);
  const queries = useQueryClient();
  const notices = useNotices();
  const mutation = useMutation({
    mutationFn: ({ form, etag }: { form: EntrypointForm; etag: string | null }) =>
      base === undefined
        ? createEntrypoint(newEntrypointOf(form, group))
        : changeEntrypoint(base.entrypoint.id, changeOf(form), etag),
    onSuccess: async ({ id, name }: Entrypoint) => {
      done.current = true;
      await drop().catch(notices.failed);
      notices.done(base === undefined ? `${name} is made.` : `A new version of ${name} is saved.`);
      onSaved(id);
      for (const queryKey of [['entrypoints'], ['entrypoint', id], ['entrypointDrafts']]) {
        void queries.invalidateQueries({ queryKey });
      }
    },
    onError: async (error) => {
      if (isNoLonger(error) && base !== undefined) {
        await readEntrypoint(base.entrypoint.id).then(setNewer, notices.failed);
      }
    },
  });
  return {
    run: (form) => mutation.mutate({ form, etag: base?.etag ?? null }),
    overwrite: (form) => mutation.mutate({ form, etag: newer?.etag ?? null }),
    newer,
    busy: mutation.isPending,
    isDone: () => done.current,
    error: isNoLonger(mutation.error) ? null : mutation.error,
    forget: () => {
      setNewer(undefined);
      if (!mutation.isIdle && !mutation.isPending) mutation.reset();
    },
  };
}
