import type { Fixture, Fixtures } from './fixture.ts';
import { entrypointBody, type World } from './world.ts';

const version = ({ entrypoint, entrypointSnapshot }: World) => ({
  id: entrypoint,
  snapshotId: entrypointSnapshot,
});

/** What a new entrypoint is made of, to be saved or only looked over. */
export const wholeEntrypoint: Fixture = {
  body: (world) => ({
    ...entrypointBody(world.name()),
    group: world.group.id,
    plugins: [world.plugin],
    artifactPlugins: [world.artifactPlugin],
    queues: [world.queue],
  }),
  refs: ({ group, plugin, artifactPlugin, queue }) => ({
    group: group.id,
    'plugins.0': plugin,
    'artifactPlugins.0': artifactPlugin,
    'queues.0': queue,
  }),
};

/** Choices of swaps, and looking over entrypoints. */
export const swapFixtures: Fixtures = {
  listEntrypointSwaps: { params: version },
  getEntrypointNeeds: { params: version },
  lintEntrypoint: wholeEntrypoint,
  lintEntrypointChange: {
    params: ({ entrypoint }) => ({ id: entrypoint }),
    body: (world) => ({ ...entrypointBody(world.name()), queues: [world.queue] }),
    refs: ({ queue }) => ({ 'queues.0': queue }),
  },
};
