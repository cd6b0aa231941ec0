import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSurface, type Surface } from './support.ts';

let api: Surface;
let run: string;
beforeAll(async () => {
  api = await openSurface();
  run = await api.newRun({ run_name: 'a run', start_time: 12 });
});
afterAll(() => api.close());

const send = (body: unknown, as?: string) =>
  api.send(
    '/graphql',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    },
    as,
  );
const ask = (operationName: string, variables: unknown, as?: string) =>
  send({ operationName, variables, query: `query ${operationName} { whatever }` }, as);

describe("the queries of MLflow's web UI", () => {
  it('get an experiment', async () => {
    const input = { experimentId: String(api.shop.experimentId) };
    const { json, status } = await ask('MlflowGetExperimentQuery', { input });

    expect(status).toBe(200);
    expect(json.data.mlflowGetExperiment).toMatchObject({
      __typename: 'MlflowGetExperimentResponse',
      apiError: null,
      experiment: {
        __typename: 'MlflowExperiment',
        experimentId: input.experimentId,
        artifactLocation: `mlflow-artifacts:/${input.experimentId}`,
        lifecycleStage: 'active',
        creationTime: expect.stringMatching(/^\d+$/),
        tags: [{ key: 'assay.experiment', value: `/api/v1/experiments/${input.experimentId}` }],
        effectiveTraceArchivalRetention: null,
      },
    });
  });

  it('get a run with its experiment; long integers are text, NaN is null', async () => {
    const step = '9007199254740993';
    await api.post('/runs/log-batch', {
      run_id: run,
      metrics: [
        { key: 'loss', value: 'NaN', timestamp: 1, step },
        { key: 'acc', value: 0.5, timestamp: 1 },
      ],
      params: [{ key: 'lr', value: 'NaN' }],
    });
    const { json } = await ask('GetRun', { data: { runId: run } });
    const answer = json.data.mlflowGetRun;

    expect(answer.apiError).toBeNull();
    expect(answer.run).toMatchObject({
      __typename: 'MlflowRunExtension',
      info: { runUuid: run, runName: 'a run', status: 'RUNNING', startTime: '12', endTime: null },
      experiment: { experimentId: String(api.shop.experimentId) },
      modelVersions: [],
      inputs: { __typename: 'MlflowRunInputs', datasetInputs: [], modelInputs: [] },
      outputs: { __typename: 'MlflowRunOutputs', modelOutputs: [] },
    });
    expect(answer.run.data.metrics).toEqual([
      expect.objectContaining({ key: 'acc', value: 0.5, step: '0', timestamp: '1' }),
      expect.objectContaining({ key: 'loss', value: null, step }),
    ]);
    expect(answer.run.data.params).toEqual([
      { __typename: 'MlflowParam', key: 'lr', value: 'NaN' },
    ]);
    expect(answer.run.data.metrics[0].__typename).toBe('MlflowMetricExtension');
    expect((await ask('GetRun', { data: { runUuid: run } })).json).toEqual(json);
  });

  it('search runs, with the versions of models that were made of them', async () => {
    await api.post('/registered-models/create', { name: 'shown' });
    await api.post('/model-versions/create', {
      name: 'shown',
      source: `runs:/${run}/model`,
      run_id: run,
    });
    const data = { experimentIds: [String(api.shop.experimentId)], filter: "run_name = 'a run'" };
    const { json } = await ask('SearchRuns', { data });
    const { runs, apiError } = json.data.mlflowSearchRuns;
    const one = await ask('GetRun', { data: { runId: run } });
    const wrong = await ask('SearchRuns', { data: { ...data, filter: 'what?' } });

    expect(apiError).toBeNull();
    expect(runs).toEqual([one.json.data.mlflowGetRun.run]);
    expect(runs[0].modelVersions).toEqual([
      expect.objectContaining({ name: 'shown', version: '1', status: 'READY' }),
    ]);
    expect(wrong.json.data.mlflowSearchRuns).toMatchObject({
      runs: [],
      apiError: { code: 'INVALID_PARAMETER_VALUE' },
    });
  });

  it('get samples of the histories of metrics', async () => {
    await api.post('/runs/log-metric', {
      run_id: run,
      key: 'drawn',
      value: 1,
      timestamp: 5,
      step: 2,
    });
    const data = {
      runIds: [run],
      metricKey: 'drawn',
      startStep: null,
      endStep: null,
      maxResults: 320,
    };
    const { json } = await ask('GetMetricHistoryBulkInterval', { data });
    const wrong = await ask('GetMetricHistoryBulkInterval', { data: { ...data, startStep: 1 } });

    expect(json.data.mlflowGetMetricHistoryBulkInterval.metrics).toEqual([
      {
        __typename: 'MlflowMetricWithRunId',
        key: 'drawn',
        value: 1,
        timestamp: '5',
        step: '2',
        runId: run,
      },
    ]);
    expect(wrong.json.data.mlflowGetMetricHistoryBulkInterval.apiError.message).toContain(
      'both must be specified',
    );
  });

  it.each([
    ['GetRun', { data: { runId: 'f'.repeat(32) } }, 'RESOURCE_DOES_NOT_EXIST'],
    ['GetRun', { data: { runId: '../x' } }, 'INVALID_PARAMETER_VALUE'],
    ['GetRun', { data: { runId: ['a'] } }, 'INVALID_PARAMETER_VALUE'],
    ['GetRun', { data: null }, 'INVALID_PARAMETER_VALUE'],
    ['GetRun', null, 'INVALID_PARAMETER_VALUE'],
    ['MlflowGetExperimentQuery', { input: {} }, 'INVALID_PARAMETER_VALUE'],
    [
      'MlflowGetExperimentQuery',
      { input: { experimentId: '__proto__' } },
      'RESOURCE_DOES_NOT_EXIST',
    ],
  ])('tell what is wrong in their answer: %s of %j', async (name, variables, code) => {
    const { json, status } = await ask(name, variables);
    const [answer] = Object.values(json.data) as [{ apiError: { code: string } }];

    expect(status).toBe(200);
    expect(answer.apiError.code).toBe(code);
  });

  it('show those of other groups what a missing run shows', async () => {
    const gone = 'f'.repeat(32);
    const [foreign, missing] = await Promise.all(
      [run, gone].map((runId) => ask('GetRun', { data: { runId } }, 'carol')),
    );

    expect(foreign?.text.replaceAll(run, gone)).toBe(missing?.text);
    expect(missing?.json.data.mlflowGetRun.run).toBeNull();
  });

  it.each([
    ['an operation that is not known', { operationName: 'Everything', variables: {} }],
    ['a name of every object', { operationName: '__proto__', variables: {} }],
    ['no operation', { query: '{ mlflowGetRun { run { info { runId } } } }' }],
    ['queries in a batch', [{ operationName: 'GetRun', variables: {} }]],
    ['variables that are a list', { operationName: 'GetRun', variables: [1] }],
    ['no JSON', '{"operationName"'],
    ['too much', { operationName: 'GetRun', variables: {}, query: 'x'.repeat(70_000) }],
  ])('are refused for %s, in the words of GraphQL and of MLflow', async (_, body) => {
    const { json, status } = await send(body);

    expect(status).toBe(400);
    expect(json).toMatchObject({
      data: null,
      errors: [{ message: json.message }],
      error_code: 'INVALID_PARAMETER_VALUE',
    });
    expect(json.message.length).toBeGreaterThan(10);
  });
});

it('sends who wants a file of a run to its bytes, and nobody out of the run', async () => {
  const moved = await api.send(`/get-artifact?run_uuid=${run}&path=folder%2Fa.txt`);
  const below = await api.send(`/ajax-api/2.0/mlflow/get-artifact?run_id=${run}&path=a.txt`);
  const climbing = await api.send(`/get-artifact?run_uuid=${run}&path=..%2F..%2Fx`);
  const foreign = await api.send(`/get-artifact?run_uuid=${run}&path=a.txt`, {}, 'carol');

  expect([moved.status, below.status]).toEqual([307, 307]);
  expect(moved.headers.get('location')).toContain(`runs/${run}/artifacts/folder/a.txt`);
  expect([climbing.status, climbing.json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  expect([foreign.status, foreign.json.error_code]).toEqual([404, 'RESOURCE_DOES_NOT_EXIST']);
});

it('sends who wants a file of a version to the file of its run', async () => {
  await api.post('/registered-models/create', { name: 'filed' });
  const source = `runs:/${run}/model`;
  await api.post('/model-versions/create', { name: 'filed', source, run_id: run });
  await api.post('/model-versions/create', { name: 'filed', source: 's3://elsewhere/model' });
  const get = (version: number, as?: string, path = 'MLmodel') =>
    api.send(`/model-versions/get-artifact?name=filed&version=${version}&path=${path}`, {}, as);
  const moved = await get(1);
  const [elsewhere, missing, foreign, climbing] = await Promise.all([
    get(2),
    get(3),
    get(1, 'carol'),
    get(1, undefined, '..%2F..%2Fx'),
  ]);

  expect(moved.status).toBe(307);
  expect(moved.headers.get('location')).toContain(`runs/${run}/artifacts/model/MLmodel`);
  expect([elsewhere.status, missing.status, foreign.status, climbing.status]).toEqual([
    400, 404, 404, 400,
  ]);
});
