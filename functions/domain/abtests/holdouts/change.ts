import { commitRows, revised } from '#domain/projects/index.ts';
import { whileContended } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { ifThere } from '#kernel/errors.ts';
import { sameRow } from '../experiments/commit.ts';
import { batchOf } from '../unlinked.ts';
import type { HoldoutWishes } from './create.ts';
import { parseFilters } from './filters.ts';
import { findHoldout } from './find.ts';
import { type Holdout, holdoutOfFlag } from './holdout.items.ts';
import { BATCH, experimentsOf, flagChanges, flagsToChange } from './linked-flags.ts';

/** Flags that differ from what their holdout says, a transaction's worth of them. */
async function lagging(ctx: Context, holdout: Holdout) {
  const { groupId, id } = holdout;
  const { linked } = await experimentsOf(ctx, groupId, id);
  const wanted = holdoutOfFlag(holdout);
  const flags = await flagsToChange(ctx, holdout, linked, wanted);
  return flagChanges(ctx, batchOf(flags, BATCH), wanted);
}

async function tryChange(
  ctx: Context,
  place: { readonly groupId: number; readonly id: number },
  { name, description, filters }: HoldoutWishes,
): Promise<Holdout> {
  const before = await findHoldout(ctx, place);
  const after: Holdout = {
    ...revised(ctx, before),
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(filters !== undefined && { filters: parseFilters(filters, before.id) }),
  };
  await commitRows(ctx, [{ name: 'holdout', before, after }, ...(await lagging(ctx, after))]);
  return after;
}

/** Brings some more flags in line with the holdout as it is by now; none are left where it says so. */
async function settle(
  ctx: Context,
  place: { readonly groupId: number; readonly id: number },
): Promise<boolean> {
  const holdout = await ifThere(findHoldout(ctx, place));
  const changes = holdout === undefined ? [] : await lagging(ctx, holdout);
  if (holdout === undefined || changes.length === 0) return true;
  await commitRows(ctx, changes, [sameRow('holdout', holdout)]);
  return false;
}

/**
 * Changes a holdout and the flags of all experiments that name it: with it those that go into one
 * transaction, then the others. New experiments take the holdout as it is from the first on, so at the
 * end no flag is left; whoever repeats a call that broke off changes those that were. Throws `not_found`.
 */
export async function changeHoldout(
  ctx: Context,
  place: { readonly groupId: number; readonly id: number },
  wishes: HoldoutWishes,
): Promise<Holdout> {
  const holdout = await whileContended(ctx, () => tryChange(ctx, place, wishes));
  let isSettled = false;
  while (!isSettled) isSettled = await whileContended(ctx, () => settle(ctx, place));
  return holdout;
}
