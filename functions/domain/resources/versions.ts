import { type Context, requirePermission } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';
import type { Item } from '#kernel/table.ts';
import {
  newestSnapshot,
  pastSnapshot,
  readCurrent,
  readSnapshot,
  requireReadable,
  resourceKeys,
  unpackData,
} from './resource.items.ts';
import type { Kind, PastVersion, Snapshot } from './resource.ts';
import { isFresh, untilSettled } from './settled.ts';

/** A resource at one of its versions. */
export interface Bound {
  readonly id: number;
  readonly snapshot: number;
}

/** The item that holds a version, beside the row of its resource. */
interface Held {
  readonly row: Item | undefined;
  /** The row itself where the version is the newest. */
  readonly item: Item | undefined;
  /** It was not found, but may have been replaced just now. */
  readonly isHidden: boolean;
}

const isOnRow = ({ snapshot, past = [] }: Item, wanted: number): boolean =>
  snapshot === wanted || (past as unknown as readonly PastVersion[]).some(([id]) => id === wanted);

/**
 * The row is the newest version of a resource; an earlier one has an item, which is written when it
 * is replaced. `undefined` where there is none.
 */
const readHeld = (ctx: Context, versions: readonly Bound[]): Promise<readonly Held[]> =>
  untilSettled(
    async () => {
      const items = await ctx.table.batchGet(
        versions.flatMap(({ id, snapshot }) => [
          resourceKeys.current(id),
          resourceKeys.snapshot(id, snapshot),
        ]),
      );
      return versions.map(({ snapshot }, at) => {
        const [row, own] = items.slice(2 * at, 2 * at + 2);
        const item = row !== undefined && isOnRow(row, snapshot) ? row : own;
        const isReplaced = row !== undefined && snapshot < Number(row.snapshot);
        const isHidden = item === undefined && isReplaced && isFresh(ctx, Number(row.snapshotOn));
        return { row, item, isHidden };
      });
    },
    (held) => !held.some(({ isHidden }) => isHidden),
  );

/**
 * Contents of versions in the order asked for, `undefined` where there is none. It asks for no
 * permission: the caller holds something of the same group that binds these versions. Not for kinds
 * whose earlier versions are on the row.
 */
export async function readVersions<D>(
  ctx: Context,
  versions: readonly Bound[],
): Promise<readonly (D | undefined)[]> {
  const items = (await readHeld(ctx, versions)).map(({ item }) => item);
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
  const [{ row, item } = {}] = await readHeld(ctx, [{ id, snapshot: snapshotId }]);
  if (row === undefined || row.type !== kind.type) throw notFound(kind.type, lookup);
  requirePermission(ctx, 'read', { groupId: row.groupId as number, entity: kind.type, lookup });
  if (item === undefined) throw notFound(kind.type, lookup);
  const resource = await readCurrent<D>(ctx, row);
  const past = resource.past?.find(([earlier]) => earlier === snapshotId);
  if (past !== undefined) return pastSnapshot(kind, resource, past);
  return item === row ? newestSnapshot(resource) : readSnapshot(ctx, resource, item);
}
