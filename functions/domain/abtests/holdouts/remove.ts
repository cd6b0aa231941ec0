import { commitRows } from '#domain/projects/index.ts';
import { whileContended } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { finished } from '../experiments/commit.ts';
import { batchOf, experimentsUnchanged } from '../unlinked.ts';
import { findHoldout } from './find.ts';
import { BATCH, experimentsOf, flagChanges, flagsToChange } from './linked-flags.ts';

/** Frees some experiments of the holdout, each with its flag, or removes it once it is named by none. */
async function step(
  ctx: Context,
  place: { readonly groupId: number; readonly id: number },
): Promise<boolean> {
  const { groupId } = place;
  const before = await findHoldout(ctx, place);
  const { version, linked } = await experimentsOf(ctx, groupId, place.id);
  if (linked.length === 0) {
    await commitRows(ctx, [{ name: 'holdout', before }], [experimentsUnchanged(groupId, version)]);
    return true;
  }
  const flags = await flagsToChange(ctx, place, linked, null);
  const pairs = linked.map((row) => ({ row, flag: flags.find(({ id }) => id === row.flagId) }));
  const some = batchOf(pairs, BATCH);
  const freed = some.map(({ row }) => ({
    name: 'experiment' as const,
    before: row,
    after: finished(ctx, row, { holdoutId: null }),
  }));
  const theirs = new Set(some.flatMap(({ flag }) => flag ?? []));
  await commitRows(ctx, [...freed, ...(await flagChanges(ctx, [...theirs], null))]);
  return false;
}

/**
 * Removes a holdout for good: first its experiments and their flags are freed of it, then it goes, when
 * nothing names it. A call that broke off is finished by another. Throws `not_found`.
 */
export async function removeHoldout(
  ctx: Context,
  place: { readonly groupId: number; readonly id: number },
): Promise<void> {
  let isDone = false;
  while (!isDone) isDone = await whileContended(ctx, () => step(ctx, place));
}
