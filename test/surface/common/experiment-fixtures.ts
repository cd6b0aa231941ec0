import type { Fixtures } from './fixture.ts';
import {
  fresh,
  grouped,
  inGroup,
  named,
  resourceFixtures,
  snapshotOf,
} from './resource-fixtures.ts';
import { post } from './world.ts';

export const queueFixtures: Fixtures = {
  ...resourceFixtures('Queue', 'queues', (world) => ({
    id: world.queue,
    snapshotId: snapshotOf(world, `queues/${world.queue}`),
  })),
  createQueue: { body: grouped, refs: inGroup },
  changeQueue: { params: fresh('queues'), body: named },
};

export const experimentFixtures: Fixtures = {
  ...resourceFixtures('Experiment', 'experiments', (world) => ({
    id: world.experiment,
    snapshotId: snapshotOf(world, `experiments/${world.experiment}`),
  })),
  createExperiment: {
    body: (world) => ({ ...grouped(world), entrypoints: [world.entrypoint] }),
    refs: ({ group, entrypoint }) => ({ group: group.id, 'entrypoints.0': entrypoint }),
  },
  changeExperiment: {
    params: fresh('experiments'),
    body: (world) => ({ ...named(world), entrypoints: [world.entrypoint] }),
    refs: ({ entrypoint }) => ({ 'entrypoints.0': entrypoint }),
  },
  listExperimentEntrypoints: { params: ({ experiment }) => ({ id: experiment }) },
  addExperimentEntrypoints: {
    params: fresh('experiments'),
    body: ({ entrypoint }) => ({ ids: [entrypoint] }),
    refs: ({ entrypoint }) => ({ 'ids.0': entrypoint }),
  },
  setExperimentEntrypoints: {
    params: fresh('experiments'),
    body: ({ entrypoint }) => ({ ids: [entrypoint] }),
    refs: ({ entrypoint }) => ({ 'ids.0': entrypoint }),
  },
  clearExperimentEntrypoints: { params: fresh('experiments') },
  removeExperimentEntrypoint: {
    params: async (world) => {
      const body = { ...grouped(world), entrypoints: [world.entrypoint] };
      const { id } = await post(world.owner, '/experiments', body);
      return { id, entrypointId: world.entrypoint };
    },
  },
};
