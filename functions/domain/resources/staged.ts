import type { Blobs } from '#kernel/blobs.ts';
import { createCache } from '#kernel/cache.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { conflict, isUndecided } from '#kernel/errors.ts';
import { type StagedTable, stageTable } from '#kernel/staged-table.ts';
import type { Key } from '#kernel/table.ts';
import { withoutFolds } from './list/index.ts';
import { resourceKeys, shownKey } from './resource.items.ts';

export type StagedContext = Context & { readonly table: StagedTable };

/** What was staged, for those who write it. */
export interface Staged<T> {
  /** Of the resources that are new or changed. */
  readonly ids: readonly number[];
  /**
   * Partitions that only lead from what is new; they may hold any number of items, as may versions
   * of new resources, which are read by way of the resource's own row.
   */
  readonly inside: ReadonlySet<string>;
  readonly result: T;
}

/**
 * The same request, with writes that nobody else sees yet. What it remembers is its own, and lists
 * are folded by others later. `objects` are the keys of what it put into the blob store.
 */
function stage(ctx: Context): { readonly staged: StagedContext; readonly objects: string[] } {
  const objects: string[] = [];
  const put: Blobs['put'] = (key, ...rest) => {
    objects.push(key);
    return ctx.blobs.put(key, ...rest);
  };
  const staged = {
    ...ctx,
    table: stageTable(ctx.table),
    // A port that loads late has no properties to copy.
    blobs: Object.assign(Object.create(ctx.blobs), { put }),
    cache: withoutFolds(createCache(ctx.clock)),
  };
  return { staged, objects };
}

async function commit<T>(staged: StagedContext, { inside }: Staged<T>): Promise<void> {
  const isVersionOfNew = ({ pk, sk }: Key): boolean =>
    sk.startsWith(resourceKeys.snapshots) && staged.table.creates(resourceKeys.currentIn(pk));
  const { ok } = await staged.table.commit((key) => inside.has(key.pk) || isVersionOfNew(key));
  if (!ok) throw conflict('write_conflict', 'Something of this was changed meanwhile; try again.');
}

/**
 * Changes many resources of a group or none, by the verbs that change one. Throws what `act` does,
 * and `too_large`, `conflict`.
 */
export async function allOrNothing<T>(
  ctx: Context,
  groupId: number,
  act: (staged: StagedContext) => Promise<Staged<T>>,
): Promise<T> {
  const { staged, objects } = stage(ctx);
  try {
    const made = await act(staged);
    requirePermission(ctx, 'write', { groupId, entity: 'group', lookup: { group_id: groupId } });
    await commit(staged, made);
    for (const id of made.ids) ctx.cache.delete(shownKey(id));
    return made.result;
  } catch (error) {
    // When only the answer was lost, there are rows that lead to them.
    if (!isUndecided(error)) await ctx.blobs.remove(objects).catch(() => undefined);
    throw error;
  }
}
