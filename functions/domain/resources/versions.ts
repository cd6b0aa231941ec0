import type { Context } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';
import type { Item } from '#kernel/table.ts';
import {
  newestSnapshot,
  readSnapshot,
  requireReadable,
  resourceKeys,
  unpackData,
} from './resource.items.ts';
import type { Kind, Snapshot } from './resource.ts';
import { getResource } from './verbs.ts';

/** A resource at one of its versions. */
export interface Bound {
  readonly id: number;
  readonly snapshot: number;
}

/**
 * Items that hold these versions, `undefined` where there is none. The row is the newest version,
 * an earlier one has an item that was written when it was replaced: whoever reads the row first
 * finds the version in one or the other, whatever changes meanwhile.
 */
async function itemsOf(
  ctx: Context,
  versions: readonly Bound[],
): Promise<readonly (Item | undefined)[]> {
  const rows = await ctx.table.batchGet(versions.map(({ id }) => resourceKeys.current(id)));
  const isNewest = versions.map(({ snapshot }, at) => rows[at]?.snapshot === snapshot);
  const earlier = versions.filter((_, at) => isNewest[at] === false && rows[at] !== undefined);
  if (earlier.length === 0) return rows.map((row, at) => (isNewest[at] ? row : undefined));
  const items = await ctx.table.batchGet(
    earlier.map(({ id, snapshot }) => resourceKeys.snapshot(id, snapshot)),
  );
  const found = new Map(earlier.map((version, at) => [version, items[at]]));
  return versions.map((version, at) => (isNewest[at] ? rows[at] : found.get(version)));
}

/**
 * Contents of versions in the order asked for, `undefined` where there is none. It asks for no
 * permission: the caller holds something of the same group that binds these versions.
 */
export async function readVersions<D>(
  ctx: Context,
  versions: readonly Bound[],
): Promise<readonly (D | undefined)[]> {
  const items = await itemsOf(ctx, versions);
  requireReadable(items);
  return Promise.all(
    items.map((item) => (item === undefined ? undefined : unpackData<D>(ctx, item))),
  );
}

/** One version of a resource; readable after deletion too. */
export async function getSnapshot<D>(
  ctx: Context,
  kind: Kind<D>,
  id: number,
  snapshotId: number,
): Promise<Snapshot<D>> {
  const lookup = { resource_id: id, snapshot_id: snapshotId };
  const resource = await getResource(ctx, { ...kind, keptWhenDeleted: true }, id, lookup);
  if (resource.snapshot === snapshotId) return newestSnapshot(resource);
  const item = await ctx.table.get(resourceKeys.snapshot(id, snapshotId));
  if (item === undefined) throw notFound(kind.type, lookup);
  return readSnapshot(ctx, resource, item);
}
