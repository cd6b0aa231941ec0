import { createCache } from '#kernel/cache.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { conflict } from '#kernel/errors.ts';
import { type StagedTable, stageTable } from '#kernel/staged-table.ts';
import type { Key } from '#kernel/table.ts';
import { withoutFolds } from './list/index.ts';
import { resourceKeys, shownKey } from './resource.items.ts';

export type StagedContext = Context & { readonly table: StagedTable };

/**
 * The same request, with writes that nobody else sees until {@link commitStaged}: for what must
 * change many resources or none, by the verbs that change one. What it remembers is its own, and
 * lists are folded by others later.
 */
export const stageContext = (ctx: Context): StagedContext => ({
  ...ctx,
  table: stageTable(ctx.table),
  cache: withoutFolds(createCache(ctx.clock)),
});

/**
 * Writes all that the verbs have staged, or nothing. `inside` are partitions that only lead from
 * what is new; they may hold any number of items, as may versions of new resources, which are read
 * by way of the resource's own row. Throws `too_large`, `conflict`.
 */
export async function commitStaged(
  ctx: Context,
  staged: StagedContext,
  groupId: number,
  changes: { readonly ids: readonly number[]; readonly inside: ReadonlySet<string> },
): Promise<void> {
  requirePermission(ctx, 'write', { groupId, entity: 'group', lookup: { group_id: groupId } });
  const isVersionOfNew = ({ pk, sk }: Key): boolean =>
    sk.startsWith(resourceKeys.snapshots) && staged.table.creates(resourceKeys.currentIn(pk));
  const outcome = await staged.table.commit(
    (key) => changes.inside.has(key.pk) || isVersionOfNew(key),
  );
  if (!outcome.ok) {
    throw conflict('write_conflict', 'Something of this was changed meanwhile; try again.');
  }
  for (const id of changes.ids) ctx.cache.delete(shownKey(id));
}
