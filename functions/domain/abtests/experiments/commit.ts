import { type Flag, type FlagPlan, planFlagChange } from '#domain/flags/index.ts';
import {
  type Change,
  type CollectionName,
  collectionKeys,
  commitRows,
  type Row,
  revised,
} from '#domain/projects/index.ts';
import { whileContended } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { check, compare, itemExists, type TransactOutcome, type Write } from '#kernel/table.ts';
import { fingerprinted } from './analysis.ts';
import type { Experiment, ExperimentPlace } from './experiment.items.ts';
import { type Found, findExperiment } from './find.ts';

type Refusals = Extract<TransactOutcome, { ok: false }>['refusals'];

/** What belongs into the transaction of an experiment beside the experiment itself. */
export interface Companions {
  readonly changes: readonly Change[];
  /** Writes whose refusal `explain` puts into words; it gets theirs alone. */
  readonly more?: readonly Write[];
  readonly explain?: (refusals: Refusals) => void;
  /** What must be as it was read: else it is all tried again. */
  readonly checks?: readonly Write[];
}

/** What a planned flag brings along. */
export const withPlan = ({ change, more, explain }: FlagPlan): Companions => ({
  changes: [change],
  more,
  explain,
});

/** Refuses a transaction where a row is no longer what it was. */
export const sameRow = (name: CollectionName, row: Row): Write =>
  check(collectionKeys.row(name, row.groupId, row.id), compare('revision', '=', row.revision));

/** Refuses a transaction where a row is gone. */
export const thereStill = (name: CollectionName, groupId: number, id: number): Write =>
  check(collectionKeys.row(name, groupId, id), itemExists);

/** Everything or nothing. Throws `conflict` (`write_conflict`) where others came between. */
export async function commit(
  ctx: Context,
  own: readonly Change[],
  { changes, more = [], explain, checks = [] }: Companions,
): Promise<void> {
  await commitRows(ctx, [...own, ...changes], [...more, ...checks], (refusals) =>
    explain?.(refusals.slice(0, more.length)),
  );
}

/** An experiment after a change, as it is stored. */
export const finished = (
  ctx: Pick<Context, 'clock'>,
  before: Experiment,
  wanted: Partial<Experiment>,
): Experiment => fingerprinted({ ...revised(ctx, before), ...wanted });

/** What a step of an experiment's life changes. */
export interface Step {
  readonly experiment?: Partial<Experiment>;
  readonly flag?: Partial<Flag>;
  /** The step is right only for the flag as it was read, though it leaves it alone. */
  readonly holdsFlag?: boolean;
}

async function planStep(
  ctx: Context,
  found: Found,
  step: Step,
): Promise<{ readonly after: Found; readonly companions: Companions }> {
  const { flag } = found;
  if (flag === undefined || (step.flag === undefined && step.holdsFlag !== true)) {
    return { after: found, companions: { changes: [] } };
  }
  if (step.flag === undefined) {
    return { after: found, companions: { changes: [], checks: [sameRow('feature_flag', flag)] } };
  }
  const plan = await planFlagChange(ctx, flag, step.flag);
  return { after: { ...found, flag: plan.flag }, companions: withPlan(plan) };
}

/**
 * Takes a step that `decide` works out from what is there now, in one transaction, and anew where others
 * came between. An experiment that a step leaves alone is still the one that was looked at.
 */
export async function takeStep(
  ctx: Context,
  place: ExperimentPlace,
  decide: (found: Found) => Step,
): Promise<Found> {
  return whileContended(ctx, async () => {
    const found = await findExperiment(ctx, place);
    const step = decide(found);
    const { after, companions } = await planStep(ctx, found, step);
    const before = found.experiment;
    if (step.experiment === undefined) {
      const checks = [...(companions.checks ?? []), sameRow('experiment', before)];
      await commit(ctx, [], { ...companions, checks });
      return after;
    }
    const experiment = finished(ctx, before, step.experiment);
    await commit(ctx, [{ name: 'experiment', before, after: experiment }], companions);
    return { ...after, experiment };
  });
}
