import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { answerOf, dioptra } from '../../../data/api.ts';
import { type Finding, findingsOf } from './findings.ts';
import type { EntrypointForm } from './form.ts';
import { newEntrypointOf, textOfForm } from './form-calls.ts';
import { type DefaultFault, type FormFaults, faultsOf, soundPart } from './form-faults.ts';

const PAUSE_MS = 400;

/** A value once it stood still for a while. */
export function useSettled<T>(value: T, pauseMs: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pauseMs);
    return () => clearTimeout(timer);
  }, [value, pauseMs]);
  return settled;
}

const anyDefault: DefaultFault = () => undefined;

/** The server's own rules for defaults, which come with the parser of graphs. */
function useDefaultRules(): DefaultFault {
  const [rules, setRules] = useState<DefaultFault>(() => anyDefault);
  useEffect(() => {
    void import('./default-faults.ts').then(({ defaultFault }) => setRules(() => defaultFault));
  }, []);
  return rules;
}

/** What the entrypoint that is edited was, where it is there already. */
export interface Base {
  readonly id: number;
  readonly name: string;
}

/** The call that looks over a form: nothing of it is saved. */
function lint(form: EntrypointForm, base: Base | undefined, rebound: boolean, group: number) {
  if (base !== undefined && !rebound) {
    const body = { ...textOfForm(form), name: base.name };
    const params = { path: { id: base.id } };
    return answerOf(dioptra.POST('/entrypoints/{id}:lint', { params, body }));
  }
  // Other plugins than those that are bound can be checked as of a new one only; its name is taken by nobody.
  const body = { ...newEntrypointOf(form, group), name: `check ${crypto.randomUUID()}` };
  return answerOf(dioptra.POST('/entrypoints:lint', { body }));
}

export interface Checks {
  readonly faults: FormFaults;
  readonly findings: readonly Finding[];
  /** Whether the findings are of an earlier text, or not there yet. */
  readonly busy: boolean;
  readonly at: number;
  readonly error: Error | null;
}

interface CheckedProps {
  readonly form: EntrypointForm;
  readonly base: Base | undefined;
  /** Whether other plugins are chosen than those that are bound. */
  readonly rebound: boolean;
  readonly group: number;
}

/** Checks a form as one types: by itself at once, by the server when one pauses. */
export function useChecks({ form, base, rebound, group }: CheckedProps): Checks {
  const defaultFault = useDefaultRules();
  const faults = useMemo(() => faultsOf(form, defaultFault), [form, defaultFault]);
  const sound = useMemo(() => soundPart(form, faults), [form, faults]);
  const asked = JSON.stringify(newEntrypointOf({ ...sound, name: '', description: '' }, group));
  const settled = useSettled(asked, PAUSE_MS);
  const query = useQuery({
    queryKey: ['lint', base?.id, rebound, settled],
    queryFn: () => lint(sound, base, rebound, group),
    enabled: settled === asked,
    placeholderData: (before) => before,
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const findings = useMemo(() => findingsOf(query.data?.issues ?? [], form), [query.data, form]);
  return {
    faults,
    findings,
    busy: query.isFetching || settled !== asked,
    at: query.dataUpdatedAt,
    error: query.error,
  };
}
