import type { Fixtures } from './fixture.ts';
import { newArtifact, post, type World } from './world.ts';

const newModel = async ({ owner, group, name }: World) => ({
  id: (await post(owner, '/models', { group: group.id, name: name() })).id,
});

/** The second version of a new model: the number of the first is in every address, too. */
async function versionOfNewModel(world: World) {
  const { id } = await newModel(world);
  const path = `/models/${id}/versions`;
  await post(world.owner, path, { artifact: world.artifact });
  await post(world.owner, path, { artifact: world.artifact });
  return { id, versionNumber: 2 };
}

export const modelFixtures: Fixtures = {
  listModels: {},
  createModel: {
    body: ({ group, name }) => ({ group: group.id, name: name() }),
    refs: ({ group }) => ({ group: group.id }),
  },
  getModel: { params: newModel },
  changeModel: { params: newModel, body: ({ name }) => ({ name: name() }) },
  deleteModel: { params: newModel },
  listModelSnapshots: { params: newModel },
  getModelSnapshot: {
    params: async ({ owner, group, name }) => {
      const { id, snapshot } = await post(owner, '/models', { group: group.id, name: name() });
      return { id, snapshotId: snapshot };
    },
  },
  listModelVersions: { params: async (world) => ({ id: (await versionOfNewModel(world)).id }) },
  createModelVersion: {
    params: newModel,
    body: async ({ app, claim }) => ({ artifact: await newArtifact(app, claim) }),
    refs: ({ artifact }) => ({ artifact }),
  },
  getModelVersion: { params: versionOfNewModel },
  changeModelVersion: { params: versionOfNewModel, body: () => ({ description: 'changed' }) },
};
