import type { Context } from '#kernel/context.ts';
import { searches } from './later.ts';
import type { PageRequest, ResourcePage } from './page.ts';
import {
  newestSnapshot,
  pastSnapshot,
  readSnapshot,
  requireReadable,
  resourceKeys,
} from './resource.items.ts';
import type { Kind, Resource, Snapshot } from './resource.ts';
import { isFresh, untilSettled } from './settled.ts';
import { getResource } from './verbs.ts';

/** The first versions that are items of their own, up to `wanted`. */
async function ownItems<D>(
  ctx: Context,
  resource: Resource<D>,
  wanted: number,
): Promise<readonly Snapshot<D>[]> {
  const items = await untilSettled(
    async () => {
      const page = await ctx.table.query({
        pk: resourceKeys.current(resource.id).pk,
        sk: { prefix: resourceKeys.snapshots },
        limit: wanted,
      });
      // Stores of the first version hold the newest one here as well.
      return page.items.filter(({ id }) => Number(id) < resource.snapshot);
    },
    ({ length }) => length >= wanted || !isFresh(ctx, resource.snapshotOn),
  );
  requireReadable([...items, { dataBytes: resource.dataBytes ?? 0 }]);
  return Promise.all(items.map((item) => readSnapshot(ctx, resource, item)));
}

/** All versions up to that of the resource, or the first ones as far as `limit` reaches. */
async function versionsOf<D>(
  ctx: Context,
  kind: Kind<D>,
  resource: Resource<D>,
  limit = Number.POSITIVE_INFINITY,
): Promise<readonly Snapshot<D>[]> {
  const most = resource.snapshots - 1;
  const kept = (resource.past ?? []).map((past) => pastSnapshot(kind, resource, past));
  const elsewhere = Math.min(limit, most - kept.length);
  const items = elsewhere > 0 ? await ownItems(ctx, resource, elsewhere) : [];
  const earlier = [...items, ...kept].sort((a, b) => a.id - b.id).slice(0, limit);
  return limit > most ? [...earlier, newestSnapshot(resource)] : earlier;
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
  const all = await versionsOf(ctx, kind, resource, finds === undefined ? end : undefined);
  const found = finds === undefined ? all : all.filter(({ data }) => finds(data));
  return {
    rows: found.slice(request.index, end),
    total: finds === undefined ? resource.snapshots : found.length,
  };
}
