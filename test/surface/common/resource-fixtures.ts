import type { Fixtures } from './fixture.ts';
import { post, type World } from './world.ts';

type Kind = 'queues' | 'experiments' | 'plugins' | 'pluginParameterTypes';

export const named = ({ name }: World) => ({ name: name() });
export const grouped = (world: World) => ({ ...named(world), group: world.group.id });
export const inGroup = ({ group }: World) => ({ group: group.id });

/** A new one of a kind, for calls that change or delete it. */
export const fresh = (kind: Kind) => async (world: World) => {
  return { id: (await post(world.owner, `/${kind}`, grouped(world))).id };
};

/** List, get, delete, snapshots: of what the world has, and of new ones to delete. */
export const resourceFixtures = (
  title: string,
  kind: Kind | undefined,
  kept: (world: World) => { readonly id: number; readonly snapshotId: number | Promise<number> },
): Fixtures => ({
  [`list${title}s`]: {},
  [`get${title}`]: { params: (world) => ({ id: kept(world).id }) },
  [`list${title}Snapshots`]: { params: (world) => ({ id: kept(world).id }) },
  [`get${title}Snapshot`]: {
    params: async (world) => ({ id: kept(world).id, snapshotId: await kept(world).snapshotId }),
  },
  ...(kind === undefined ? {} : { [`delete${title}`]: { params: fresh(kind) } }),
});

/** The number of the newest snapshot of a resource. */
export const snapshotOf = async ({ owner }: World, path: string): Promise<number> =>
  (await owner.get(`/api/v1/${path}`)).body.snapshot;
