import { type Context, requirePermission } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';
import { searches } from './later.ts';
import type { PageRequest, ResourcePage } from './page.ts';
import { readCurrent, readSnapshot, requireReadable, resourceKeys } from './resource.items.ts';
import type { Kind, Snapshot } from './resource.ts';
import { getResource } from './verbs.ts';

/** One version of a resource; readable after deletion too. */
export async function getSnapshot<D>(
  ctx: Context,
  kind: Kind<D>,
  id: number,
  snapshotId: number,
): Promise<Snapshot<D>> {
  const lookup = { resource_id: id, snapshot_id: snapshotId };
  const [item, snapshot] = await ctx.table.batchGet([
    resourceKeys.current(id),
    resourceKeys.snapshot(id, snapshotId),
  ]);
  if (item === undefined || item.type !== kind.type) throw notFound(kind.type, lookup);
  requirePermission(ctx, 'read', { groupId: item.groupId as number, entity: kind.type, lookup });
  if (snapshot === undefined) throw notFound(kind.type, lookup);
  return readSnapshot(ctx, await readCurrent<D>(ctx, item), snapshot);
}

/** Versions of a resource, oldest first. */
export async function listSnapshots<D>(
  ctx: Context,
  kind: Kind<D>,
  id: number,
  request: PageRequest,
): Promise<ResourcePage<Snapshot<D>>> {
  const resource = await getResource(ctx, { ...kind, keptWhenDeleted: true }, id);
  const { search = '' } = request;
  const finds =
    search === ''
      ? undefined
      : await (await searches()).searchVersions(ctx, kind, resource, search);
  const page = await ctx.table.query({
    pk: resourceKeys.current(id).pk,
    sk: { prefix: resourceKeys.snapshots },
    ...(finds === undefined ? { limit: request.index + request.pageLength } : {}),
  });
  requireReadable(page.items);
  const all = await Promise.all(page.items.map((item) => readSnapshot(ctx, resource, item)));
  const found = finds === undefined ? all : all.filter(({ data }) => finds(data));
  return {
    rows: found.slice(request.index, request.index + request.pageLength),
    total: finds === undefined ? resource.snapshots : found.length,
  };
}
