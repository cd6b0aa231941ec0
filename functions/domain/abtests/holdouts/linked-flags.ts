import { isDeepStrictEqual } from 'node:util';
import { type Flag, listFlags, planFlagChange } from '#domain/flags/index.ts';
import { type Change, readCollection, requireInProject } from '#domain/projects/index.ts';
import type { Context } from '#kernel/context.ts';
import type { Doc, Experiment } from '../experiments/experiment.items.ts';
import { changedFilters } from '../experiments/flag-filters.ts';
import { isDoc } from '../refuse.ts';

/**
 * Experiments, or flags, of one transaction: it takes a hundred writes at most, and holds up whoever
 * changes one of these.
 */
export const BATCH = 25;

/** The experiments that name a holdout, deleted ones too, and how the collection was when it was read. */
export async function experimentsOf(
  ctx: Context,
  groupId: number,
  holdoutId: number,
): Promise<{ readonly version: number; readonly linked: readonly Experiment[] }> {
  requireInProject(ctx, 'read', 'experiment', { groupId });
  const { version, rows } = await readCollection<Experiment>(ctx, 'experiment', groupId);
  return { version, linked: rows.filter((row) => row.holdoutId === holdoutId) };
}

/** Whether a flag leaves out nobody, or those of this holdout: of another one it is not ours to change. */
const isOpenTo = ({ filters: { holdout } }: Flag, holdoutId: number): boolean =>
  !isDoc(holdout) || holdout.id === holdoutId;

/** Those of the experiments' flags that do not say of the holdout what is wanted. */
export async function flagsToChange(
  ctx: Context,
  { groupId, id: holdoutId }: { readonly groupId: number; readonly id: number },
  experiments: readonly Experiment[],
  wanted: Doc | null,
): Promise<readonly Flag[]> {
  if (experiments.length === 0) return [];
  const ids = new Set(experiments.map(({ flagId }) => flagId));
  const flags = await listFlags(ctx, groupId);
  return flags.filter(
    (flag) =>
      ids.has(flag.id) &&
      isOpenTo(flag, holdoutId) &&
      !isDeepStrictEqual(flag.filters.holdout ?? null, wanted),
  );
}

/** What makes flags say this of their holdout. */
export async function flagChanges(
  ctx: Context,
  flags: readonly Flag[],
  holdout: Doc | null,
): Promise<readonly Change[]> {
  const changes: Change[] = [];
  // One after the other: the first that needs an approval ends it, with one request for it.
  for (const flag of flags) {
    const filters = changedFilters(flag.filters, {
      parameters: null,
      variants: undefined,
      holdout,
    });
    changes.push((await planFlagChange(ctx, flag, { filters })).change);
  }
  return changes;
}
