/** Sequences of calls that two servers answer, until they differ. */
import fc from 'fast-check';
import { ask, type Call, type Ids, noIds, type Outcome, PREFIX, type Target } from './call.ts';
import { comparable } from './compare.ts';
import { allowedFor } from './differences.ts';
import { newModel, registryCalls } from './registry-calls.ts';
import { searchCalls } from './search-calls.ts';
import { experimentCalls, lastingRunCalls, newRun, runCalls } from './tracking-calls.ts';

const begin: fc.Arbitrary<Call> = fc.constant({
  method: 'POST',
  path: '2.0/mlflow/experiments/create',
  args: { name: `${PREFIX} first` },
  makes: { kind: 'experiment', at: ['experiment_id'] },
});

/** Areas whose calls go together. */
export const AREAS = {
  experiments: [...experimentCalls, newRun],
  runs: [...runCalls, ...searchCalls],
  // Runs that were deleted by themselves stay so when their experiment is restored; not there.
  lives: [...experimentCalls, ...lastingRunCalls, ...searchCalls],
  registry: [...registryCalls, newRun],
} as const satisfies { readonly [area: string]: readonly fc.Arbitrary<Call>[] };

type Area = keyof typeof AREAS;

const opening: { readonly [area in Area]: readonly fc.Arbitrary<Call>[] } = {
  experiments: [begin],
  runs: [begin, newRun, newRun],
  lives: [begin, newRun],
  registry: [begin, newRun, newModel, newModel],
};

/** A sequence of `length` calls of an area. */
export const sequence = (area: Area, length: number): fc.Arbitrary<readonly Call[]> => {
  const first = opening[area];
  const rest = length - first.length;
  const more = fc.array(fc.oneof(...(AREAS[area] as readonly fc.Arbitrary<Call>[])), {
    minLength: rest,
    maxLength: rest,
  });
  return fc.tuple(fc.tuple(...first), more).map(([head, tail]) => [...head, ...tail]);
};

export interface Difference {
  readonly call: Call;
  readonly original: Outcome;
  readonly assay: Outcome;
  /** What was compared of both. */
  readonly seen: readonly [unknown, unknown];
}

export interface Told {
  /** Calls that were made of both. */
  readonly calls: number;
  /** Differences that are wanted, with what shows them. */
  readonly pairs: readonly (Difference & { readonly name: string })[];
  readonly difference: Difference | undefined;
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

interface Side {
  readonly target: Target;
  readonly ids: Ids;
}

/** Asks both for each call and ends at the first answer that differs without being allowed to. */
export async function compare(
  calls: readonly Call[],
  [original, assay]: readonly [Target, Target],
  prefix: string,
): Promise<Told> {
  const sides: readonly [Side, Side] = [
    { target: original, ids: noIds() },
    { target: assay, ids: noIds() },
  ];
  const found: (Difference & { readonly name: string })[] = [];
  for (const [at, call] of calls.entries()) {
    const [one, other] = await Promise.all(
      sides.map(({ target, ids }) => ask(target, call, ids, prefix)),
    );
    if (one === undefined || other === undefined) throw new Error('Both were asked.');
    const seen = [comparable(one, sides[0].ids), comparable(other, sides[1].ids)] as const;
    if (same(...seen)) continue;
    const difference = { call, original: one, assay: other, seen };
    const allowed = allowedFor(difference);
    const told = { calls: at + 1, pairs: found };
    if (allowed === undefined) return { ...told, difference };
    found.push({ name: allowed.name, ...difference });
    // From here on the two would hold different things.
    if ((one.status === 200) !== (other.status === 200) && call.method !== 'GET') {
      return { ...told, difference: undefined };
    }
  }
  return { calls: calls.length, pairs: found, difference: undefined };
}
