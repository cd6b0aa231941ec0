import type { Experiment } from '#domain/experiments/index.ts';
import { groupCreatedOn } from '#domain/identity/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { experimentLookup, groupOfDefault } from './experiment-ids.ts';
import type { Side } from './side.items.ts';

export const DEFAULT_NAME = 'Default';

/** The experiment of a group as all others are; it is as old as its group. */
export async function defaultExperiment(
  ctx: Context,
  groupId: number,
  side: Side,
): Promise<Experiment> {
  const createdOn = await groupCreatedOn(ctx, groupId);
  return {
    id: -groupId,
    type: 'experiment',
    groupId,
    createdOn,
    snapshot: 0,
    snapshotBy: 0,
    snapshotOn: side.updatedOn ?? createdOn,
    revision: 1,
    snapshots: 0,
    data: { name: side.name ?? DEFAULT_NAME, description: '' },
    links: {},
    ...(side.deletedOn === undefined ? {} : { deletedOn: side.deletedOn }),
  };
}

/** Throws as if it did not exist for who may not read the group. */
export function requireDefault(ctx: Context, permission: 'read' | 'write', id: number): number {
  const groupId = groupOfDefault(id) ?? 0;
  requirePermission(ctx, permission, {
    groupId,
    entity: 'experiment',
    lookup: experimentLookup(id),
  });
  return groupId;
}
