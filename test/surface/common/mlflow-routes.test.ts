import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { artifactKey } from '#domain/tracking/index.ts';
import { mlflowDialect } from '#surfaces/mlflow/dialect.ts';
import { type Json, testApp } from '../../support/app.ts';
import { credentialTests, endedCredentialTests, scopeTests } from './credentials.ts';
import { type Call, type Fixture, type Fixtures, validCall } from './fixture.ts';
import { callerOf, callOf, type Matrix, type Row, type Stage, send } from './stage.ts';
import { expectOk, newWorld, type World } from './world.ts';

// Its routes read their arguments themselves, so what comes from their schemas is tested in
// ../mlflow; here is what must hold for every route of every dialect.

const runOf = ({ claim }: World): string => claim.runId;
const ofRun = (body: object = {}): Fixture => ({
  body: (world) => ({ run_id: runOf(world), ...body }),
});
const askRun = (more = ''): Fixture => ({ query: (world) => `run_id=${runOf(world)}${more}` });
const pathOf = (world: World, name: string): string =>
  `${world.experiment}/${runOf(world)}/artifacts/${name}`;

const inFolder = (world: World) => ({ path: pathOf(world, 'folder') });
const inFile = async (world: World) => {
  await world.app.platform.blobs.put(artifactKey(runOf(world), 'there.txt'), 'x');
  return { path: pathOf(world, 'there.txt') };
};
const newUpload = async (world: World): Promise<Json> => {
  const path = `/api/2.0/mlflow-artifacts/mpu/create/${inFolder(world).path}`;
  return expectOk(await world.owner.post(path, { path: 'a.bin', num_parts: 1 }));
};

const newRun = async (world: World): Promise<Json> => {
  const body = { experiment_id: String(world.experiment), start_time: 1 };
  const { run } = await expectOk(await world.owner.post('/api/2.0/mlflow/runs/create', body));
  return { run_id: run.info.run_id };
};

const fixtures: Fixtures = {
  createExperiment: { own: true, body: ({ name }) => ({ name: name() }) },
  getExperiment: { query: ({ experiment }) => `experiment_id=${experiment}` },
  // Finds only what its caller sees, by a name that may be theirs, too.
  getExperimentByName: {
    own: true,
    query: ({ claim }) => `experiment_name=${claim.experimentName}`,
  },
  createRun: { body: ({ experiment }) => ({ experiment_id: String(experiment), start_time: 1 }) },
  getRun: askRun(),
  updateRun: ofRun({ run_name: 'new name' }),
  deleteRun: { body: newRun },
  restoreRun: { body: newRun },
  searchRuns: { own: true, body: ({ experiment }) => ({ experiment_ids: [`${experiment}`] }) },
  setTag: ofRun({ key: 'a', value: 'b' }),
  deleteTag: {
    body: async (world) => {
      const tag = { run_id: runOf(world), key: world.name(), value: 'x' };
      await world.owner.post('/api/2.0/mlflow/runs/set-tag', tag);
      return { run_id: tag.run_id, key: tag.key };
    },
  },
  logMetric: ofRun({ key: 'loss', value: 1, timestamp: 1 }),
  logParam: ofRun({ key: 'rate', value: '1' }),
  logBatch: ofRun({ metrics: [{ key: 'loss', value: 1, timestamp: 1, step: 1 }] }),
  getMetricHistory: askRun('&metric_key=loss'),
  listArtifacts: askRun(),
  getArtifact: { status: 307, query: (world) => `run_id=${runOf(world)}&path=there.txt` },
  getArtifactPlain: { status: 307, query: (world) => `run_uuid=${runOf(world)}&path=there.txt` },
  graphql: {
    own: true,
    body: (world) => ({ operationName: 'GetRun', variables: { data: { runId: runOf(world) } } }),
  },
  searchLoggedModels: {
    own: true,
    body: ({ experiment }) => ({ experiment_ids: [`${experiment}`] }),
  },
  getOpenApiDocument: {},
  getServerInfo: {},
  listWorkspaces: { own: true },
  getWorkspace: { params: ({ group }) => ({ name: group.name }) },
  proxyListArtifacts: { query: (world) => `path=${pathOf(world, '')}` },
  proxyDownloadArtifact: { status: 307, params: inFile },
  proxyDeleteArtifacts: { params: (world) => ({ path: pathOf(world, 'gone.txt') }) },
  createPresignedUploadUrl: ofRun({ path: 'new.txt' }),
  createPresignedDownloadUrl: {
    body: async (world) => {
      await inFile(world);
      return { run_id: runOf(world), path: 'there.txt' };
    },
  },
  getPresignedDownloadUrl: { params: inFile },
  proxyUploadArtifact: {
    params: (world) => ({ path: pathOf(world, 'new.txt') }),
    body: () => ({ some: 'bytes' }),
  },
  createMultipartUpload: { params: inFolder, body: () => ({ path: 'a.bin', num_parts: 1 }) },
  completeMultipartUpload: {
    params: inFolder,
    body: async (world) => {
      const { upload_id, credentials } = await newUpload(world);
      const [{ url, headers }] = credentials;
      const init = { method: 'PUT', headers: { ...headers, 'content-length': '1' }, body: 'x' };
      const answer = await world.app.platform.blobs.handleRequest(new Request(url, init));
      const etag = answer.headers.get('etag');
      return { path: 'a.bin', upload_id, parts: [{ part_number: 1, etag }] };
    },
  },
  abortMultipartUpload: {
    params: inFolder,
    body: async (world) => ({ path: 'a.bin', upload_id: (await newUpload(world)).upload_id }),
  },
  getVersion: {},
};
// Every path is there twice; addresses that are none are open to all.
const plainId = (row: Row): string => row.operationId.replace(/Ajax$/, '');
const known = mlflowDialect.routes.filter(({ operationId }) => !operationId.startsWith('unknown'));
const rows: readonly Row[] = known.map((route) => ({ ...route, fixture: {} }));
const matrix: Matrix = {
  base: '',
  routes: known,
  fixtures,
  isError: (body) => typeof body.error_code === 'string' && typeof body.message === 'string',
};
const withFixtures = rows.map((row) => ({ ...row, fixture: fixtures[plainId(row)] ?? {} }));
const stage = { matrix, rows: withFixtures } as unknown as Stage;

beforeAll(async () => {
  stage.app = testApp();
  stage.mine = await newWorld(stage.app);
  stage.theirs = await newWorld(stage.app);
});
afterAll(async () => {
  expect(stage.app.errors).toEqual([]);
  await stage.app.close();
});

/** The call with the ids of what does not exist in the place of those of `world`. */
function ofMissing(call: Call, world: World): Call {
  const gone = 'f'.repeat(32);
  const text = (value: string) =>
    value
      .replaceAll(runOf(world), gone)
      .replaceAll(
        new RegExp(`(experiment_id=|artifacts/|path=)${world.experiment}\\b`, 'g'),
        '$1987654321',
      );
  const body = JSON.stringify(call.body ?? null)
    .replaceAll(runOf(world), gone)
    .replaceAll(`"experiment_id":"${world.experiment}"`, '"experiment_id":"987654321"');
  return {
    ...call,
    path: text(call.path),
    body: call.body === undefined ? undefined : JSON.parse(body),
  };
}

const withoutIds = (text: string, world: World): string =>
  text
    .replaceAll(runOf(world), '<run>')
    .replaceAll('f'.repeat(32), '<run>')
    .replaceAll(new RegExp(`\\b(${world.experiment}|987654321)\\b`, 'g'), '<experiment>');

it('has a fixture for every route, and a route for every fixture', () => {
  expect(Object.keys(fixtures).sort()).toEqual([...new Set(rows.map(plainId))].sort());
});

describe.each(withFixtures)('$method $path', (row) => {
  it('answers a valid call', async () => {
    const answer = await send(await callerOf(stage, row), await callOf(stage, row));

    const wanted = row.fixture.status ?? 200;
    expect([answer.status, answer.status === wanted ? '' : answer.text]).toEqual([wanted, '']);
    if (row.access.kind === 'public') return;
    expect(answer.headers.get('cache-control')).toContain('no-store');
  });

  credentialTests(stage, row);
  scopeTests(stage, row);

  if (row.fixture.own !== true && row.access.kind === 'scoped') {
    it('shows other groups the bytes of a missing thing', async () => {
      const call = await validCall('', row, row.fixture, stage.mine);
      const foreign = await send(stage.theirs.owner, call);
      const missing = await send(stage.theirs.owner, ofMissing(call, stage.mine));

      expect(foreign.status).toBe(404);
      expect(withoutIds(foreign.text, stage.mine)).toBe(withoutIds(missing.text, stage.mine));
    });

    if (row.access.action === 'write') {
      it('is not for members who may only read', async () => {
        const answer = await send(stage.mine.reader, await callOf(stage, row));

        expect([answer.status, answer.body.error_code]).toEqual([403, 'PERMISSION_DENIED']);
      });
    }
  }
});

endedCredentialTests(stage);
