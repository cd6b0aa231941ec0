import type { Fixture, Fixtures } from './fixture.ts';
import { fresh, resourceFixtures } from './resource-fixtures.ts';
import { wholeEntrypoint } from './swap-fixtures.ts';
import { entrypointBody, post, type World } from './world.ts';

const boundFixtures = (title: string, list: 'plugins' | 'artifactPlugins'): Fixtures => {
  const pluginOf = ({ plugin, artifactPlugin }: World) =>
    list === 'plugins' ? plugin : artifactPlugin;
  const bound = (world: World) => ({ id: world.entrypoint, pluginId: pluginOf(world) });
  return {
    [`listEntrypoint${title}s`]: { params: ({ entrypoint }) => ({ id: entrypoint }) },
    [`getEntrypoint${title}`]: { params: bound },
    [`removeEntrypoint${title}`]: {
      params: async (world) => {
        const { id: spare } = await fresh('plugins')(world);
        const plugins = list === 'plugins' ? [world.plugin, spare] : [world.plugin];
        const artifactPlugins = list === 'plugins' ? [] : [spare];
        return { id: await newEntrypoint(world, { plugins, artifactPlugins }), pluginId: spare };
      },
    },
    [`addEntrypoint${title}s`]: {
      params: async (world) => ({ id: await newEntrypoint(world, { plugins: [world.plugin] }) }),
      body: async (world) => {
        const { id } = await fresh('plugins')(world);
        return { [list]: [id] };
      },
      refs: (world) => ({ [`${list}.0`]: pluginOf(world) }),
    },
    [`getEntrypoint${title}sBundle`]: {
      params: ({ entrypoint, entrypointSnapshot }) => ({
        id: entrypoint,
        snapshotId: entrypointSnapshot,
      }),
    },
  };
};

const newEntrypoint = async (world: World, more: object): Promise<number> =>
  (
    await post(world.owner, '/entrypoints', {
      ...entrypointBody(world.name()),
      group: world.group.id,
      ...more,
    })
  ).id;

const queueLinks: Fixture = {
  params: async (world) => ({ id: await newEntrypoint(world, { plugins: [world.plugin] }) }),
  body: ({ queue }) => ({ ids: [queue] }),
  refs: ({ queue }) => ({ 'ids.0': queue }),
};

export const entrypointFixtures: Fixtures = {
  ...resourceFixtures('Entrypoint', undefined, (world) => ({
    id: world.entrypoint,
    snapshotId: world.entrypointSnapshot,
  })),
  deleteEntrypoint: {
    params: async (world) => ({ id: await newEntrypoint(world, { plugins: [world.plugin] }) }),
  },
  createEntrypoint: wholeEntrypoint,
  changeEntrypoint: {
    params: async (world) => ({ id: await newEntrypoint(world, { plugins: [world.plugin] }) }),
    body: (world) => ({
      ...entrypointBody(world.name()),
      pluginSnapshotIds: [world.pluginSnapshot],
      artifactPluginSnapshotIds: [],
      queues: [world.queue],
    }),
    refs: ({ pluginSnapshot, queue }) => ({
      'pluginSnapshotIds.0': pluginSnapshot,
      'queues.0': queue,
    }),
  },
  listEntrypointQueues: { params: ({ entrypoint }) => ({ id: entrypoint }) },
  addEntrypointQueues: queueLinks,
  setEntrypointQueues: queueLinks,
  clearEntrypointQueues: {
    params: async (world) => ({ id: await newEntrypoint(world, { plugins: [world.plugin] }) }),
  },
  removeEntrypointQueue: {
    params: async (world) => {
      const lists = { plugins: [world.plugin], queues: [world.queue] };
      return { id: await newEntrypoint(world, lists), queueId: world.queue };
    },
  },
  listEntrypointSnapshotArtifactPlugins: {
    params: ({ entrypoint, entrypointSnapshot }) => ({
      id: entrypoint,
      snapshotId: entrypointSnapshot,
    }),
  },
  getEntrypointConfig: {
    params: ({ entrypoint, entrypointSnapshot }) => ({
      id: entrypoint,
      snapshotId: entrypointSnapshot,
    }),
  },
  ...boundFixtures('Plugin', 'plugins'),
  ...boundFixtures('ArtifactPlugin', 'artifactPlugins'),
};
