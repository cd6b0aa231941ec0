import { administratorFixtures } from './administrator-fixtures.ts';
import { artifactFixtures } from './artifact-fixtures.ts';
import { entrypointFixtures } from './entrypoint-fixtures.ts';
import { experimentFixtures, queueFixtures } from './experiment-fixtures.ts';
import type { Fixtures } from './fixture.ts';
import { identityFixtures } from './identity-fixtures.ts';
import { jobFixtures } from './job-fixtures.ts';
import { modelFixtures } from './models-fixtures.ts';
import { mountFixtures } from './mount-fixtures.ts';
import { pluginFixtures, typeFixtures } from './plugin-fixtures.ts';
import { swapFixtures } from './swap-fixtures.ts';
import { trailFixtures } from './trail-fixtures.ts';
import { workflows } from './workflow-fixtures.ts';

/** How to call each route of the v1 API. A route that is missing here fails a test. */
export const dioptraFixtures: Fixtures = {
  getOpenApiDocument: {},
  ...administratorFixtures,
  ...artifactFixtures,
  ...entrypointFixtures,
  ...experimentFixtures,
  ...identityFixtures,
  ...jobFixtures,
  ...modelFixtures,
  ...mountFixtures,
  ...pluginFixtures,
  ...queueFixtures,
  ...swapFixtures,
  ...trailFixtures,
  ...typeFixtures,
  ...workflows,
};
