import { type Context, requireSystem } from '#kernel/context.ts';
import { unavailable } from '#kernel/errors.ts';
import { queryPages } from '#kernel/query-pages.ts';
import { all, compare, exists, type Item, remove } from '#kernel/table.ts';
import { listWrite } from './list/index.ts';
import { readCurrent, resourceKeys } from './resource.items.ts';
import { deletedList, type Kind, type Resource } from './resource.ts';

const PAGE = 100;

/** Removes the earlier versions of a resource and the objects with contents. */
async function removeVersions(ctx: Context, row: Item): Promise<void> {
  requireSystem(ctx);
  const objects = (items: readonly Item[]): readonly string[] =>
    items.flatMap(({ dataKey }) => (typeof dataKey === 'string' ? [dataKey] : []));
  const query = { pk: row.pk, sk: { prefix: resourceKeys.snapshots }, limit: PAGE };
  for await (const items of queryPages(ctx, query)) {
    const keys = objects(items);
    if (keys.length > 0) await ctx.blobs.remove(keys);
    const gone = items.map(({ pk, sk }) => ({ kind: 'delete' as const, key: { pk, sk } }));
    if (gone.length > 0) await ctx.table.bulk(gone);
  }
  const own = objects([row]);
  if (own.length > 0) await ctx.blobs.remove(own);
}

function entries<D>(kind: Kind<D>, resource: Resource<D>) {
  const was = kind.order === 'id' ? resource.id : resource.snapshot;
  const gone = {
    id: resource.id,
    version: resource.revision + 1,
    position: null,
    was,
    summary: {},
  };
  return kind.lists(resource).map((list) => listWrite(deletedList(list), gone));
}

/** Where the name of a deleted resource is kept for it, what gives it back. */
async function nameWrites<D>(ctx: Context, kind: Kind<D>, resource: Resource<D>) {
  const name = kind.uniqueName?.(resource);
  if (name === undefined) return [];
  const at = resourceKeys.name(kind.type, name.scope, name.name);
  const guard = await ctx.table.get(at);
  if (guard?.id !== resource.id || guard.deleted !== true) return [];
  return [remove(at, all(compare('id', '=', resource.id), compare('deleted', '=', true)))];
}

/**
 * Removes a deleted resource for good, with its versions and its name; its row, by which whoever does
 * it again finds it, goes last. Nothing is done where it is gone, or lives.
 */
export async function removeResource<D>(ctx: Context, kind: Kind<D>, id: number): Promise<void> {
  requireSystem(ctx);
  const row = await ctx.table.get(resourceKeys.current(id));
  if (row === undefined || row.type !== kind.type || row.deletedOn === undefined) return;
  const resource = await readCurrent<D>(ctx, row);
  await removeVersions(ctx, row);
  const unchanged = all(compare('revision', '=', resource.revision), exists('deletedOn'));
  const outcome = await ctx.table.transact([
    remove(resourceKeys.current(id), unchanged),
    ...(await nameWrites(ctx, kind, resource)),
    ...entries(kind, resource),
  ]);
  if (!outcome.ok) throw unavailable('The resource was changed meanwhile; try again.');
}
