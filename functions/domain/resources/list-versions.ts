import type { Context } from '#kernel/context.ts';
import { searches } from './later.ts';
import type { PageRequest, ResourcePage } from './page.ts';
import { newestSnapshot, readSnapshot, requireReadable, resourceKeys } from './resource.items.ts';
import type { Kind, Resource, Snapshot } from './resource.ts';
import { isFresh, untilSettled } from './settled.ts';
import { getResource } from './verbs.ts';

/** All versions up to that of the resource, or the first ones as far as `limit` reaches. */
async function versionsOf<D>(
  ctx: Context,
  resource: Resource<D>,
  limit: number | undefined,
): Promise<readonly Snapshot<D>[]> {
  const most = resource.snapshots - 1;
  const wanted = Math.min(limit ?? most, most);
  const earlier = await untilSettled(
    async () => {
      const page = await ctx.table.query({
        pk: resourceKeys.current(resource.id).pk,
        sk: { prefix: resourceKeys.snapshots },
        ...(limit === undefined ? {} : { limit }),
      });
      // Stores of the first version hold the newest one here as well.
      return page.items.filter(({ id }) => Number(id) < resource.snapshot);
    },
    ({ length }) => length >= wanted || !isFresh(ctx, resource.snapshotOn),
  );
  const hasNewest = limit === undefined || limit > most;
  const { dataBytes = 0 } = resource;
  requireReadable(hasNewest ? [...earlier, { dataBytes }] : earlier);
  const snapshots = await Promise.all(earlier.map((item) => readSnapshot(ctx, resource, item)));
  return hasNewest ? [...snapshots, newestSnapshot(resource)] : snapshots;
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
  const end = request.index + request.pageLength;
  const all = await versionsOf(ctx, resource, finds === undefined ? end : undefined);
  const found = finds === undefined ? all : all.filter(({ data }) => finds(data));
  return {
    rows: found.slice(request.index, end),
    total: finds === undefined ? resource.snapshots : found.length,
  };
}
