import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { artifactKey } from '#domain/tracking/index.ts';
import type { Dialect } from '#http/mount.ts';
import { mlflowDialect, mlflowRoutes } from '#surfaces/mlflow/dialect.ts';
import { oracleDialect, oracleRoutes } from '#surfaces/oracle/dialect.ts';
import { type Json, type TestApp, testApp } from '../../support/app.ts';
import { PLATFORM } from '../oracle/support.ts';
import { credentialTests, endedCredentialTests, scopeTests } from './credentials.ts';
import { type Call, type Fixture, type Fixtures, type Ids, validCall } from './fixture.ts';
import { callerOf, callOf, type Matrix, type Row, type Stage, send } from './stage.ts';
import { expectOk, newWorld, post, type World } from './world.ts';

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
const V3 = '/api/3.0/mlflow';
/** A trace of its own in the world's experiment. */
const newTrace = async (world: World): Promise<string> => {
  const trace_info = traceOf(world);
  expectOk(await world.owner.post(`${V3}/traces`, { trace: { trace_info } }));
  await world.app.platform.blobs.put(
    `runs/traces/${world.experiment}/${trace_info.trace_id}/artifacts/traces.json`,
    JSON.stringify({ spans: [] }),
  );
  return trace_info.trace_id;
};
const traceOf = ({ experiment }: World) => ({
  trace_id: `tr-${randomUUID().replaceAll('-', '')}`,
  trace_location: { mlflow_experiment: { experiment_id: `${experiment}` } },
  request_time: '2026-01-02T03:04:05.678Z',
  state: 'OK',
  tags: { a: 'b' },
});
const ofTrace = async (world: World) => ({ traceId: await newTrace(world) });
const feedback = {
  assessment_name: 'quality',
  source: { source_type: 'HUMAN', source_id: 'me' },
  feedback: { value: 0.5 },
};
const ofAssessment = async (world: World) => {
  const traceId = await newTrace(world);
  const path = `${V3}/traces/${traceId}/assessments`;
  const { assessment } = expectOk(await world.owner.post(path, { assessment: feedback }));
  return { traceId, id: assessment.assessment_id };
};
const someTraces = async (world: World) => ({ trace_ids: [await newTrace(world)] });

const traceFixtures: Fixtures = {
  startTrace: { body: (world) => ({ trace: { trace_info: traceOf(world) } }) },
  getTraceInfo: { params: ofTrace },
  getTrace: { query: async (world) => `trace_id=${await newTrace(world)}` },
  batchGetTraces: { own: true, query: async (world) => `trace_ids=${await newTrace(world)}` },
  batchGetTraceInfos: { own: true, body: someTraces },
  searchTraces: {
    own: true,
    body: ({ experiment }) => ({
      locations: [{ mlflow_experiment: { experiment_id: `${experiment}` } }],
    }),
  },
  deleteTraces: {
    body: ({ experiment }) => ({ experiment_id: `${experiment}`, request_ids: ['x'] }),
  },
  setTraceTag: { params: ofTrace, body: () => ({ key: 'c', value: 'd' }) },
  deleteTraceTag: { params: ofTrace, body: () => ({ key: 'a' }) },
  createAssessment: { params: ofTrace, body: () => ({ assessment: feedback }) },
  getAssessment: { params: ofAssessment },
  updateAssessment: {
    params: ofAssessment,
    body: () => ({ assessment: { rationale: 'why' }, update_mask: 'rationale' }),
  },
  deleteAssessment: { params: ofAssessment },
  getTraceArtifact: { query: async (world) => `request_id=${await newTrace(world)}` },
  exportSpans: { own: true, status: 501 },
  startTraceV2: { body: ({ experiment }) => ({ experiment_id: `${experiment}`, timestamp_ms: 5 }) },
  searchTracesV2: { own: true, query: ({ experiment }) => `experiment_ids=${experiment}` },
  linkTracesToRun: {
    body: async (world) => ({ run_id: runOf(world), ...(await someTraces(world)) }),
  },
  linkPromptsToTrace: {
    body: async (world) => ({
      trace_id: await newTrace(world),
      prompt_versions: [{ name: 'p', version: '1' }],
    }),
  },
  deleteTracesV2: {
    body: ({ experiment }) => ({ experiment_id: `${experiment}`, request_ids: ['x'] }),
  },
  setTraceTagV2: { params: ofTrace, body: () => ({ key: 'c', value: 'd' }) },
  deleteTraceTagV2: { params: ofTrace, body: () => ({ key: 'a' }) },
  endTraceV2: { params: ofTrace, body: () => ({ timestamp_ms: 9, status: 'OK' }) },
  getTraceInfoV2: { params: ofTrace },
  getTraceArtifactV2: { query: async (world) => `request_id=${await newTrace(world)}` },
};

const newUpload = async (world: World): Promise<Json> => {
  const path = `/api/2.0/mlflow-artifacts/mpu/create/${inFolder(world).path}`;
  return expectOk(await world.owner.post(path, { path: 'a.bin', num_parts: 1 }));
};

// New models go to the first group of their maker that takes them, which others may be in, too.
const inGroup = async (world: World, path: string, body: object): Promise<void> => {
  const headers = { 'x-mlflow-workspace': String(world.group.id) };
  expectOk(await world.owner.call('POST', `/api/2.0/mlflow${path}`, body, headers));
};
const newModel = async (world: World, name = world.name()): Promise<Json> => {
  await inGroup(world, '/registered-models/create', { name });
  return { name };
};
const newVersion = async (world: World, given?: string): Promise<Json> => {
  const { name } = await newModel(world, given);
  await inGroup(world, '/model-versions/create', { name, source: 's3://bucket/model' });
  return { name, version: '1' };
};
/** There is one with a version from the start. */
const modelOf = ({ experiment }: World): string => `model_${experiment}`;
const ofModel = (more: object = {}): Fixture => ({
  body: async (world) => ({ ...(await newModel(world)), ...more }),
});
const ofVersion = (more: object = {}): Fixture => ({
  body: async (world) => ({ ...(await newVersion(world)), ...more }),
});
const askModel = (more = ''): Fixture => ({
  query: (world) => `name=${modelOf(world)}${more}`,
});

const newRun = async (world: World): Promise<Json> => {
  const body = { experiment_id: String(world.experiment), start_time: 1 };
  const { run } = await expectOk(await world.owner.post('/api/2.0/mlflow/runs/create', body));
  return { run_id: run.info.run_id };
};

const newLoggedModel = async (world: World): Promise<Json> => {
  const body = { experiment_id: String(world.experiment) };
  const answer = await expectOk(await world.owner.post('/api/2.0/mlflow/logged-models', body));
  return { modelId: answer.model.info.model_id };
};

const ofExperiment = (more: (world: World) => object | Promise<object>): Fixture => ({
  body: async (world) => ({ experiment_id: `${world.experiment}`, ...(await more(world)) }),
});
const newExperiment = async ({ owner, group, name }: World): Promise<{ experiment_id: string }> => {
  const made = await post(owner, '/experiments', { name: name(), group: group.id });
  return { experiment_id: String(made.id) };
};
const ofNew: Fixture = { body: newExperiment };

const endedRun = async (world: World): Promise<Json> => {
  const run = await newRun(world);
  const body = { ...run, status: 'FINISHED' };
  await expectOk(await world.owner.post('/api/2.0/mlflow/runs/update', body));
  return run;
};

const fixtures: Fixtures = {
  createExperiment: { own: true, body: ({ name }) => ({ name: name() }) },
  getExperiment: { query: ({ experiment }) => `experiment_id=${experiment}` },
  // Finds only what its caller sees, by a name that may be theirs, too.
  getExperimentByName: {
    own: true,
    query: ({ claim }) => `experiment_name=${claim.experimentName}`,
  },
  searchExperiments: { own: true, body: () => ({ max_results: 1 }) },
  searchExperimentsByQuery: { own: true, query: () => 'max_results=1' },
  updateExperiment: {
    body: async (world) => ({ ...(await newExperiment(world)), new_name: world.name() }),
  },
  setExperimentTag: ofExperiment(() => ({ key: 'team', value: 'vision' })),
  deleteExperimentTag: ofExperiment(async (world) => {
    const tag = { experiment_id: `${world.experiment}`, key: world.name(), value: 'x' };
    await world.owner.post('/api/2.0/mlflow/experiments/set-experiment-tag', tag);
    return { key: tag.key };
  }),
  deleteExperiment: ofNew,
  restoreExperiment: {
    body: async (world) => {
      const gone = await newExperiment(world);
      expectOk(await world.owner.post('/api/2.0/mlflow/experiments/delete', gone));
      return gone;
    },
  },
  createRun: { body: ({ experiment }) => ({ experiment_id: String(experiment), start_time: 1 }) },
  getRun: askRun(),
  updateRun: ofRun({ run_name: 'new name' }),
  deleteRun: { body: newRun },
  restoreRun: { body: newRun },
  searchRuns: { own: true, body: ({ experiment }) => ({ experiment_ids: [`${experiment}`] }) },
  heartbeat: { body: newRun },
  lockRun: { body: endedRun },
  unlockRun: { body: endedRun },
  logInputs: ofRun({
    datasets: [{ dataset: { name: 'd', digest: '1', source_type: 'local', source: '{}' } }],
  }),
  logOutputs: ofRun({ models: [{ model_id: 'm-1', step: 1 }] }),
  searchDatasets: { own: true, body: ({ experiment }) => ({ experiment_ids: [`${experiment}`] }) },
  getMetricHistoryBulk: askRun('&metric_key=loss'),
  getMetricHistoryBulkInterval: {
    query: (world) => `run_ids=${runOf(world)}&metric_key=loss`,
  },
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
  createLoggedModel: { body: ({ experiment }) => ({ experiment_id: String(experiment) }) },
  getLoggedModel: { params: newLoggedModel },
  finalizeLoggedModel: { params: newLoggedModel, body: () => ({ status: 'LOGGED_MODEL_READY' }) },
  deleteLoggedModel: { params: newLoggedModel },
  logLoggedModelParams: {
    params: newLoggedModel,
    body: () => ({ params: [{ key: 'a', value: '1' }] }),
  },
  setLoggedModelTags: {
    params: newLoggedModel,
    body: () => ({ tags: [{ key: 'a', value: '1' }] }),
  },
  deleteLoggedModelTag: {
    params: async (world) => {
      const { modelId } = await newLoggedModel(world);
      const path = `/api/2.0/mlflow/logged-models/${modelId}/tags`;
      await world.owner.call('PATCH', path, { tags: [{ key: 'a', value: '1' }] });
      return { modelId, key: 'a' };
    },
  },
  listLoggedModelArtifacts: { params: newLoggedModel },
  getLoggedModelArtifact: {
    status: 307,
    params: newLoggedModel,
    query: () => 'artifact_file_path=MLmodel',
  },
  logModel: ofRun({
    model_json: JSON.stringify({
      artifact_path: 'a',
      flavors: {},
      utc_time_created: '',
      run_id: '',
    }),
  }),
  searchLoggedModels: {
    own: true,
    body: ({ experiment }) => ({ experiment_ids: [`${experiment}`] }),
  },
  createRegisteredModel: { own: true, body: ({ name }) => ({ name: name() }) },
  getRegisteredModel: askModel(),
  updateRegisteredModel: ofModel({ description: 'a model' }),
  renameRegisteredModel: {
    body: async (world) => ({ ...(await newModel(world)), new_name: world.name() }),
  },
  deleteRegisteredModel: ofModel(),
  searchRegisteredModels: { own: true },
  getLatestVersions: askModel(),
  postLatestVersions: { body: (world) => ({ name: modelOf(world) }) },
  setRegisteredModelTag: ofModel({ key: 'a', value: 'b' }),
  deleteRegisteredModelTag: ofModel({ key: 'a' }),
  setRegisteredModelAlias: ofVersion({ alias: 'best' }),
  deleteRegisteredModelAlias: ofModel({ alias: 'best' }),
  getModelVersionByAlias: askModel('&alias=latest'),
  createRegisteredModelVersion: ofModel({ source: 's3://bucket/model' }),
  getRegisteredModelVersion: askModel('&version=1'),
  updateRegisteredModelVersion: ofVersion({ description: 'a version' }),
  deleteRegisteredModelVersion: ofVersion(),
  transitionModelVersionStage: ofVersion({ stage: 'Staging' }),
  getModelVersionDownloadUri: askModel('&version=1'),
  setModelVersionTag: ofVersion({ key: 'a', value: 'b' }),
  deleteModelVersionTag: ofVersion({ key: 'a' }),
  searchModelVersions: { own: true },
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
  ...traceFixtures,
};
// Every path is there twice; addresses that are none are open to all.
const plainId = ({ operationId }: Pick<Row, 'operationId'>): string =>
  operationId.replace(/Ajax$/, '');

interface Place {
  readonly dialect: Dialect;
  /** Values of the path beside those of the fixtures, in a world. */
  readonly within: (world: Pick<World, 'group'>) => Ids;
  readonly isError: Matrix['isError'];
  /** What it has beside the rows that have fixtures. */
  readonly own?: Fixtures;
}
const isMlflowError = (body: Json): boolean =>
  typeof body.error_code === 'string' && typeof body.message === 'string';

/** The same rows stand at two places. */
const places: readonly (readonly [string, Place])[] = [
  [
    'MLflow',
    { dialect: mlflowDialect(await mlflowRoutes()), within: () => ({}), isError: isMlflowError },
  ],
  [
    'Oracle',
    {
      dialect: oracleDialect(await oracleRoutes()),
      within: ({ group }) => ({ aiDataPlatformId: PLATFORM, workspaceKey: group.id }),
      isError: (body) => isMlflowError(body) && typeof body.code === 'string',
      own: { getHealth: {} },
    },
  ],
];

const app: TestApp = testApp();
let mine: World;
let theirs: World;

/** The rows of a place with their fixtures, on the worlds that all places share. */
function stageOf({ dialect, within, isError, own = {} }: Place): Stage {
  const known = dialect.routes.filter(({ operationId }) => !operationId.startsWith('unknown'));
  const rows = known.map((row) => {
    const fixture = { ...fixtures, ...own }[plainId(row)] ?? {};
    const params = async (world: World) => ({
      ...(await fixture.params?.(world)),
      ...within(world),
    });
    return { ...row, fixture: { ...fixture, params } };
  });
  const matrix: Matrix = { base: '', routes: known, fixtures, isError };
  return {
    matrix,
    rows,
    app,
    get mine() {
      return mine;
    },
    get theirs() {
      return theirs;
    },
    get beside() {
      return mine;
    },
  };
}

beforeAll(async () => {
  mine = await newWorld(app);
  theirs = await newWorld(app);
  for (const world of [mine, theirs]) await newVersion(world, modelOf(world));
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const TRACE = /tr-[0-9a-f]{32}/g;
const MISSING_TRACE = `tr-${'e'.repeat(32)}`;

/** The call with the ids of what does not exist in the place of those of `world`. */
function ofMissing(call: Call, world: World): Call {
  const gone = 'f'.repeat(32);
  const text = (value: string) =>
    value
      .replaceAll(TRACE, MISSING_TRACE)
      .replaceAll(runOf(world), gone)
      .replaceAll(/m-[0-9a-f]{32}/g, `m-${gone}`)
      .replaceAll(
        new RegExp(`(experiment_id=|artifacts/|path=)${world.experiment}\\b`, 'g'),
        '$1987654321',
      )
      .replaceAll(/(name=)(?:thing|model)_\d+/g, '$1no_model');
  const body = JSON.stringify(call.body ?? null)
    .replaceAll(TRACE, MISSING_TRACE)
    .replaceAll(runOf(world), gone)
    .replaceAll(`"experiment_id":"${world.experiment}"`, '"experiment_id":"987654321"')
    .replaceAll(/("name":")(?:thing|model)_\d+/g, '$1no_model');
  return {
    ...call,
    path: text(call.path),
    body: call.body === undefined ? undefined : JSON.parse(body),
  };
}

const withoutIds = (text: string, world: World): string =>
  text
    .replaceAll(TRACE, '<trace>')
    .replaceAll(runOf(world), '<run>')
    .replaceAll(/m-[0-9a-f]{32}/g, '<model>')
    .replaceAll('f'.repeat(32), '<run>')
    .replaceAll(/name=(?:thing_\d+|model_\d+|no_model)/g, 'name=<model>')
    .replaceAll(new RegExp(`\\b(${world.experiment}|987654321)\\b`, 'g'), '<experiment>');

describe.each(places)('%s', (_, place) => {
  const stage = stageOf(place);

  it('has a fixture for every route, and a route for every fixture', () => {
    const names = Object.keys({ ...fixtures, ...place.own }).sort();
    expect(names).toEqual([...new Set(stage.rows.map(plainId))].sort());
  });

  describe.each(stage.rows)('$method $path', (row) => {
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
        const call = await validCall('', row, row.fixture, mine);
        const params = async (world: World) => ({
          ...(await row.fixture.params?.(world)),
          ...place.within(theirs),
        });
        const inOwn = await validCall('', row, { ...row.fixture, params }, mine);
        for (const each of [call, inOwn]) {
          const foreign = await send(theirs.owner, each);
          const missing = await send(theirs.owner, ofMissing(each, mine));

          expect(foreign.status).toBe(404);
          expect(withoutIds(foreign.text, mine)).toBe(withoutIds(missing.text, mine));
        }
      });

      if (row.access.action === 'write') {
        it('is not for members who may only read', async () => {
          const answer = await send(mine.reader, await callOf(stage, row));

          expect([answer.status, answer.body.error_code]).toEqual([403, 'PERMISSION_DENIED']);
        });
      }
    }
  });

  endedCredentialTests(stage);
});
