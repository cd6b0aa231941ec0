import { artifactKey } from '#domain/tracking/index.ts';
import type { Json } from '../../support/app.ts';
import type { Fixture, Fixtures } from './fixture.ts';
import { runOf, traceFixtures } from './mlflow-trace-fixtures.ts';
import { expectOk, post, type World } from './world.ts';

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

// New models go to the first group of their maker that takes them, which others may be in, too.
const inGroup = async (world: World, path: string, body: object): Promise<void> => {
  const headers = { 'x-mlflow-workspace': String(world.group.id) };
  expectOk(await world.owner.call('POST', `/api/2.0/mlflow${path}`, body, headers));
};
const newModel = async (world: World, name = world.name()): Promise<Json> => {
  await inGroup(world, '/registered-models/create', { name });
  return { name };
};
export const newVersion = async (world: World, given?: string): Promise<Json> => {
  const { name } = await newModel(world, given);
  await inGroup(world, '/model-versions/create', { name, source: 's3://bucket/model' });
  return { name, version: '1' };
};
/** There is one with a version from the start. */
export const modelOf = ({ experiment }: World): string => `model_${experiment}`;
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

/** How to call each row of the dialect of MLflow. */
export const mlflowFixtures: Fixtures = {
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
  deleteExperimentPermanently: {
    body: async (world) => {
      const gone = await newExperiment(world);
      expectOk(await world.owner.post('/api/2.0/mlflow/experiments/delete', gone));
      return gone;
    },
  },
  deleteRunPermanently: {
    body: async (world) => {
      const gone = await newRun(world);
      expectOk(await world.owner.post('/api/2.0/mlflow/runs/delete', gone));
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
  getMetricSeries: { body: (world) => ({ run_ids: [runOf(world)], metric_key: 'loss' }) },
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
  getModelVersionArtifact: {
    own: true,
    status: 307,
    query: async (world) => {
      const { name } = await newModel(world);
      const source = `runs:/${runOf(world)}/model`;
      await inGroup(world, '/model-versions/create', { name, source, run_id: runOf(world) });
      return `name=${name}&version=1&path=MLmodel`;
    },
  },
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
