import type { Bound, Referred } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { BASE, groupRef } from './shapes.ts';

/** A reference to a version of a resource; `refs` knows what was deleted since. */
export const snapshotRef = (
  ctx: Context,
  route: string,
  groupId: number,
  bound: Bound & { readonly name: string },
  refs: ReadonlyMap<number, Pick<Referred, 'deletedOn'>>,
) => ({
  id: bound.id,
  snapshotId: bound.snapshot,
  group: groupRef(ctx, groupId),
  url: `${BASE}/${route}/${bound.id}/snapshots/${bound.snapshot}`,
  deleted: refs.get(bound.id)?.deletedOn !== undefined,
  name: bound.name,
});
