import { experimentKind } from '#domain/experiments/index.ts';
import { requireMatch, whileContended } from '#domain/resources/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { conflict, invalid } from '#kernel/errors.ts';
import { any, compare, itemMissing, put, remove, type Write } from '#kernel/table.ts';
import { DEFAULT_NAME } from './default-experiment.ts';
import { sidePut } from './experiment.items.ts';
import { experimentLookup, experimentMissing } from './experiment-ids.ts';
import { forgetExperiment } from './experiment-state.ts';
import { nameExists, nameKey, readTracked, requireUnusedName } from './experiments.ts';
import { readSide, type Side } from './side.items.ts';
import { trackedTag } from './tracked.ts';

type Change =
  | { readonly kind: 'rename'; readonly name: string }
  | { readonly kind: 'delete' }
  | { readonly kind: 'restore' };

export const renamingDeleted = () =>
  invalid('experiment_deleted', 'Cannot rename a non-active experiment: restore it.');

function after(ctx: Context, id: number, { deletedOn, ...side }: Side, change: Change): Side {
  const now = ctx.clock.now();
  const isDeleted = deletedOn !== undefined;
  if (change.kind === 'rename') {
    if (!isDeleted) return { ...side, name: change.name, updatedOn: now };
    throw renamingDeleted();
  }
  if (isDeleted !== (change.kind === 'restore')) throw experimentMissing(id);
  return { ...side, updatedOn: now, ...(isDeleted ? {} : { deletedOn: now }) };
}

/** Names of others are guarded; the one that it has from the start is its own without a guard. */
function guardWrites(groupId: number, id: number, before: Side, now: Side): readonly Write[] {
  const held = before.name;
  const wanted = now.name;
  const own = (name: string) => nameKey(groupId, name);
  if (wanted === undefined) return [];
  if (held !== wanted) {
    return [
      put({ ...own(wanted), id }, itemMissing),
      ...(held === undefined ? [] : [remove(own(held), compare('id', '=', id))]),
    ];
  }
  return now.deletedOn === undefined
    ? [put({ ...own(wanted), id }, any(itemMissing, compare('deleted', '=', true)))]
    : [put({ ...own(wanted), id, deleted: true }, compare('id', '=', id))];
}

async function changeOnce(ctx: Context, id: number, change: Change): Promise<void> {
  const { experiment, side } = await readTracked(ctx, id);
  const { groupId } = experiment;
  requirePermission(ctx, 'write', {
    groupId,
    entity: experimentKind.type,
    lookup: experimentLookup(id),
  });
  requireMatch(ctx, trackedTag(experiment, side.item));
  const before = readSide(side.item);
  const now = after(ctx, id, before, change);
  if (change.kind === 'rename') {
    if (change.name === experiment.data.name) return;
    if (change.name !== DEFAULT_NAME) await requireUnusedName(ctx, groupId, change.name);
  }
  const writes = [sidePut(id, side.item, now), ...guardWrites(groupId, id, before, now)];
  const outcome = await ctx.table.transact(writes);
  if (outcome.ok) return;
  if (outcome.refusals[0] === undefined) throw nameExists(now.name ?? DEFAULT_NAME);
  throw conflict('write_conflict', 'The experiment is being changed by others; try again.');
}

/** Changes the experiment that its group has from the start. */
export async function changeDefault(ctx: Context, id: number, change: Change): Promise<void> {
  await whileContended(ctx, () => changeOnce(ctx, id, change));
  forgetExperiment(ctx, id);
}
