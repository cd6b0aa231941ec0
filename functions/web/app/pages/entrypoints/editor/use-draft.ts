import { useCallback, useEffect, useRef, useState } from 'react';
import { answerOf, dioptra } from '../../../data/api.ts';
import type { Entrypoint } from '../calls.ts';
import type { EntrypointForm } from './form.ts';
import { newEntrypointOf, textOfForm } from './form-calls.ts';
import { isEntrypointName } from './form-faults.ts';

/** Whose draft it is: that of an entrypoint that is there, or of one that is not yet. */
export type DraftOf =
  | {
      readonly kind: 'change';
      readonly entrypoint: Pick<Entrypoint, 'id' | 'name' | 'snapshot'>;
      readonly exists: boolean;
    }
  | { readonly kind: 'new'; readonly group: number; readonly draftId: number | undefined };

interface Kept {
  readonly drop: () => Promise<unknown>;
  readonly write: (form: EntrypointForm) => Promise<unknown>;
}

/** The draft of a change. It has no plugins that are bound: those are a matter of a save. */
function changeDraft(of: Extract<DraftOf, { kind: 'change' }>): Kept {
  const { id, name, snapshot } = of.entrypoint;
  const params = { path: { id } };
  let exists = of.exists;
  return {
    write: async (form) => {
      const text = textOfForm(form);
      const data = {
        ...text,
        name: isEntrypointName(form.name) ? text.name : name,
        artifactPlugins: form.artifactPlugins.map((plugin) => plugin.id),
      };
      const body = { resourceSnapshot: snapshot, resourceData: data };
      if (exists) await answerOf(dioptra.PUT('/entrypoints/{id}/draft', { params, body }));
      else await answerOf(dioptra.POST('/entrypoints/{id}/draft', { params, body: data }));
      exists = true;
    },
    drop: async () => {
      if (exists) await answerOf(dioptra.DELETE('/entrypoints/{id}/draft', { params }));
      exists = false;
    },
  };
}

function newDraft({ group, draftId }: Extract<DraftOf, { kind: 'new' }>): Kept {
  let known = draftId;
  const place = (id: number) => ({ params: { path: { draftId: id } } });
  return {
    write: async (form) => {
      const { group: _group, ...data } = newEntrypointOf(form, group);
      const body = { ...data, name: isEntrypointName(form.name) ? data.name : 'unnamed' };
      if (known !== undefined) {
        await answerOf(dioptra.PUT('/entrypoints/drafts/{draftId}', { ...place(known), body }));
        return;
      }
      const made = await answerOf(
        dioptra.POST('/entrypoints/drafts', { body: { ...body, group } }),
      );
      known = made.id;
    },
    drop: async () => {
      if (known !== undefined) {
        await answerOf(dioptra.DELETE('/entrypoints/drafts/{draftId}', place(known)));
      }
      known = undefined;
    },
  };
}

const PAUSE_MS = 1_500;

export interface DraftState {
  /** When what is typed was kept last; nothing while it was not. */
  readonly keptAt: number | undefined;
  /** Whether something was typed that the draft does not have yet. */
  readonly open: boolean;
  readonly error: unknown;
  /** Deletes the draft, once what is on its way has arrived. */
  readonly drop: () => Promise<unknown>;
}

/** Keeps a form on the server when one pauses; each write waits for the one before it. */
export function useDraft(
  of: DraftOf,
  form: EntrypointForm,
  sound: () => EntrypointForm,
  changed: boolean,
): DraftState {
  const [first] = useState(of);
  const [kept] = useState(() => (first.kind === 'change' ? changeDraft(first) : newDraft(first)));
  const [state, setState] = useState<{ keptAt?: number; form?: EntrypointForm; error?: unknown }>(
    {},
  );
  const chain = useRef<Promise<unknown>>(Promise.resolve());
  const ended = useRef(false);
  const latest = useRef(sound);
  latest.current = sound;
  useEffect(() => {
    if (!changed) return;
    ended.current = false;
    const timer = setTimeout(() => {
      chain.current = chain.current.then(async () => {
        if (ended.current) return;
        try {
          await kept.write(latest.current());
          setState({ keptAt: Date.now(), form });
        } catch (error) {
          setState((before) => ({ ...before, error }));
        }
      });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [form, changed, kept]);
  const drop = useCallback(() => {
    ended.current = true;
    const dropped = chain.current.then(() => kept.drop());
    chain.current = dropped.catch(() => undefined);
    return dropped.then(() => setState({}));
  }, [kept]);
  return { keptAt: state.keptAt, open: changed && state.form !== form, error: state.error, drop };
}
