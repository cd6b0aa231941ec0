import { type Context, requirePermission } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';
import { itemSize } from '#kernel/size.ts';
import type { Item } from '#kernel/table.ts';
import type { ListRow } from './list/index.ts';
import { readCurrent, requireReadable, resourceKeys } from './resource.items.ts';
import type { Kind, Resource } from './resource.ts';

/** Larger rows are not worth their place in memory. */
const MAX_CACHED_BYTES = 8 * 1024;

const rowKey = (id: number, revision: number): string => `row:${id}:${revision}`;

/** A row at one revision never changes, but where the kind says that it does. */
function remember<D>(ctx: Context, kind: Kind<D>, item: Item): void {
  const bytes = itemSize(item);
  if (kind.changesBetweenRevisions === true || bytes > MAX_CACHED_BYTES) return;
  ctx.cache.set(rowKey(item.id as number, item.revision as number), item, undefined, bytes);
}

/** Rows that this process does not hold, read at once; what came too early is read again. */
async function readRows<D>(ctx: Context, kind: Kind<D>, rows: readonly ListRow[]) {
  const keys = rows.map(({ id }) => resourceKeys.current(id));
  const items = keys.length === 0 ? [] : await ctx.table.batchGet(keys, { eventual: true });
  return Promise.all(
    items.map(async (item, index) => {
      const wanted = rows[index]?.version ?? 0;
      const isFresh = item !== undefined && (item.revision as number) >= wanted;
      const key = keys[index];
      const fresh = isFresh || key === undefined ? item : await ctx.table.get(key);
      if (fresh !== undefined) remember(ctx, kind, fresh);
      return fresh;
    }),
  );
}

/** The resources of the rows of a list, in their order. */
export async function listedResources<D>(
  ctx: Context,
  kind: Kind<D>,
  rows: readonly ListRow[],
): Promise<readonly Resource<D>[]> {
  const held = rows.map(({ id, version }) => ctx.cache.get<Item>(rowKey(id, version)));
  const read = await readRows(
    ctx,
    kind,
    rows.filter((_, index) => held[index] === undefined),
  );
  let next = 0;
  const items = held.map((item) => item ?? read[next++]);
  requireReadable(items);
  return Promise.all(
    items.map((item, index) => {
      const lookup = { resource_id: rows[index]?.id };
      if (item === undefined) throw notFound(kind.type, lookup);
      const groupId = item.groupId as number;
      requirePermission(ctx, 'read', { groupId, entity: kind.type, lookup });
      return readCurrent<D>(ctx, item);
    }),
  );
}
