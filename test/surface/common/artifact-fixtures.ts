import { artifactKey } from '#domain/tracking/index.ts';
import type { Fixtures } from './fixture.ts';
import { resourceFixtures, snapshotOf } from './resource-fixtures.ts';
import { newArtifact } from './world.ts';

export const artifactFixtures: Fixtures = {
  ...resourceFixtures('Artifact', undefined, (world) => ({
    id: world.artifact,
    snapshotId: snapshotOf(world, `artifacts/${world.artifact}`),
  })),
  createArtifact: {
    body: async (world) => {
      const path = world.name();
      await world.app.platform.blobs.put(artifactKey(world.claim.runId, path), 'x');
      const artifactUri = `mlflow-artifacts:/${world.experiment}/${world.claim.runId}/artifacts/${path}`;
      return { group: world.group.id, job: world.job, artifactUri };
    },
    refs: ({ job }) => ({ job }),
  },
  changeArtifact: {
    params: async ({ app, claim }) => ({ id: await newArtifact(app, claim) }),
    body: () => ({ description: 'changed' }),
  },
  listArtifactFiles: { params: ({ artifact }) => ({ id: artifact }) },
  getArtifactContents: { params: ({ artifact }) => ({ id: artifact }), status: 302 },
  getArtifactSnapshotContents: {
    params: async (world) => ({
      id: world.artifact,
      snapshotId: await snapshotOf(world, `artifacts/${world.artifact}`),
    }),
    status: 302,
  },
};
