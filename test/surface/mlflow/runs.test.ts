import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { experimentKind } from '#domain/experiments/index.ts';
import { deleteResource } from '#domain/resources/index.ts';
import { openSurface, type Surface } from './support.ts';

let api: Surface;
let run: string;
beforeAll(async () => {
  api = await openSurface();
  run = await api.newRun({ run_name: 'first' });
});
afterAll(() => api.close());

const SEE = ' See the API docs for more information about request parameters.';

describe('experiments', () => {
  it('are made, read by id and by name, once', async () => {
    const tags = [{ key: 'team', value: 'vision' }];
    const made = await api.post('/experiments/create', { name: 'naïve test', tags });
    const id = made.json.experiment_id;
    const read = await api.get(`/experiments/get?experiment_id=${id}`);
    const named = await api.get('/experiments/get-by-name?experiment_name=na%C3%AFve+test');
    const again = await api.post('/experiments/create', { name: 'naïve test' });

    expect(made.json).toEqual({ experiment_id: expect.stringMatching(/^\d+$/) });
    expect(read.json.experiment).toEqual({
      experiment_id: id,
      name: 'naïve test',
      artifact_location: `mlflow-artifacts:/${id}`,
      lifecycle_stage: 'active',
      creation_time: api.shop.clock.now(),
      last_update_time: api.shop.clock.now(),
      tags,
    });
    expect(named.json).toEqual(read.json);
    expect(again.status).toBe(400);
    expect(again.json).toMatchObject({
      error_code: 'RESOURCE_ALREADY_EXISTS',
      message: expect.stringContaining('already exists'),
    });
  });

  it('of another group are as if they did not exist', async () => {
    const id = api.shop.experimentId;
    const hidden = await api.get(`/experiments/get?experiment_id=${id}`, 'carol');
    const missing = await api.get('/experiments/get?experiment_id=999999', 'carol');

    expect(hidden.status).toBe(404);
    expect(hidden.text.replaceAll(String(id), '#')).toBe(missing.text.replaceAll('999999', '#'));
    expect(missing.json).toEqual({
      error_code: 'RESOURCE_DOES_NOT_EXIST',
      message: 'No Experiment with id=999999 exists',
      sqlstate: 'KAM00',
      error_class: 'RESOURCE_NOT_FOUND',
    });
  });

  it('that are deleted keep their names and can still be read', async () => {
    const { experiment_id: id } = (await api.post('/experiments/create', { name: 'gone' })).json;
    await deleteResource(api.shop.alice, experimentKind, Number(id));
    const again = await api.post('/experiments/create', { name: 'gone' });
    const read = await api.get('/experiments/get-by-name?experiment_name=gone');

    expect(again.json).toMatchObject({
      error_code: 'RESOURCE_ALREADY_EXISTS',
      message: "Experiment 'gone' already exists in deleted state.",
    });
    expect(read.json.experiment).toMatchObject({ experiment_id: id, lifecycle_stage: 'deleted' });
    expect((await api.post('/runs/create', { experiment_id: id })).json.message).toContain(
      "must be in the 'active' state",
    );
  });

  it.each(['', 'a\u0000b', 'x'.repeat(501), 5, null])('cannot be called %j', async (name) => {
    const answer = await api.post('/experiments/create', { name });

    expect([answer.status, answer.json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  });

  it('of a reader cannot be made, nor with a location of their own', async () => {
    expect((await api.post('/experiments/create', { name: 'x' }, 'bob')).json.error_code).toBe(
      'PERMISSION_DENIED',
    );
    const body = { name: 'x', artifact_location: 'file:///etc' };
    expect((await api.post('/experiments/create', body)).status).toBe(400);
  });
});

describe('a run', () => {
  it('is answered in the shape of MLflow', async () => {
    const experiment_id = String(api.shop.experimentId);
    const { json } = await api.post('/runs/create', {
      experiment_id,
      user_id: 'me',
      run_name: 'mine',
      start_time: '1700000000123',
      tags: [{ key: 'a', value: 'b' }],
      unknown: true,
    });
    const { run_id: id } = json.run.info;

    expect(json.run).toEqual({
      info: {
        run_id: id,
        run_uuid: id,
        run_name: 'mine',
        experiment_id,
        user_id: 'me',
        status: 'RUNNING',
        start_time: 1_700_000_000_123,
        artifact_uri: `mlflow-artifacts:/${experiment_id}/${id}/artifacts`,
        lifecycle_stage: 'active',
      },
      data: {
        tags: [
          { key: 'mlflow.runName', value: 'mine' },
          { key: 'a', value: 'b' },
        ],
      },
      inputs: {},
      outputs: {},
    });
    expect((await api.get(`/runs/get?run_uuid=${id}`)).json).toEqual(json);
  });

  it('takes a status by name or number, and null for what is not set', async () => {
    const named = await api.post('/runs/update', {
      run_id: run,
      status: 'SCHEDULED',
      end_time: null,
    });
    const numbered = await api.post('/runs/update', { run_uuid: run, status: 3, end_time: 99 });

    expect(named.json.run_info.status).toBe('SCHEDULED');
    expect(numbered.json.run_info).toMatchObject({ status: 'FINISHED', end_time: 99 });
    expect((await api.post('/runs/update', { run_id: run, status: 6 })).status).toBe(400);
    expect((await api.post('/runs/update', { run_id: run, status: 'DONE' })).status).toBe(400);
  });

  it('keeps tags until they are deleted', async () => {
    await api.post('/runs/set-tag', { run_id: run, key: 'k', value: '' });
    expect((await api.get(`/runs/get?run_id=${run}`)).json.run.data.tags).toContainEqual({
      key: 'k',
      value: '',
    });
    expect((await api.post('/runs/delete-tag', { run_id: run, key: 'k' })).json).toEqual({});
    const again = await api.post('/runs/delete-tag', { run_id: run, key: 'k' });

    expect(again.status).toBe(404);
    expect(again.json.message).toBe(`No tag with name: k in run with id ${run}`);
  });
});

describe('logging', () => {
  it('keeps 64-bit integers and every double, in and out', async () => {
    const values: readonly (readonly [string, string, string])[] = [
      ['1.5', '9223372036854775807', '1.5'],
      ['"NaN"', '-9223372036854775808', '"NaN"'],
      ['"Infinity"', '9007199254740993', '1.7976931348623157e+308'],
      ['"-Infinity"', '"9007199254740995"', '-1.7976931348623157e+308'],
      ['-0.0', '0', '-0.0'],
      ['5e-324', '1', '5e-324'],
      ['"2.5"', '-1', '2.5'],
    ];
    for (const [value, step] of values) {
      const body = `{"run_id":"${run}","key":"exact","value":${value},"timestamp":1,"step":${step}}`;
      expect((await api.post('/runs/log-metric', body)).text).toBe('{}');
    }
    const { text } = await api.get(`/metrics/get-history?run_id=${run}&metric_key=exact`);

    for (const [, step, value] of values) {
      const bare = step.replaceAll('"', '');
      expect(text).toContain(`{"key":"exact","value":${value},"timestamp":1,"step":${bare}}`);
    }
    expect(JSON.parse(text).metrics).toHaveLength(values.length);
  });

  it.each([
    [[1, 'NaN', -1], 1],
    [[-1, 'NaN', -2], 'NaN'],
    [['NaN', 5e-324], 5e-324],
  ])(
    'takes NaN for 0 among points of one step and time: of %j the latest is %j',
    async (values, latest) => {
      const run_id = (await api.post('/runs/create', { experiment_id: '0' })).json.run.info.run_id;
      for (const value of values) {
        await api.post('/runs/log-metric', { run_id, key: 'm', value, timestamp: 1, step: 1 });
      }
      const { json } = await api.get(`/runs/get?run_id=${run_id}`);

      expect(json.run.data.metrics).toEqual([{ key: 'm', value: latest, timestamp: 1, step: 1 }]);
    },
  );

  it('takes a batch, and gives the history in pages', async () => {
    const id = await api.newRun();
    const metrics = Array.from({ length: 30 }, (_, step) => ({
      key: 'm',
      value: step,
      timestamp: 100 - step,
      step,
    }));
    const sent = await api.post('/runs/log-batch', {
      run_id: id,
      metrics,
      params: [
        { key: 'p', value: '' },
        { key: 'q', value: '1' },
      ],
      tags: [{ key: 't', value: 'v' }],
    });
    const data = (await api.get(`/runs/get?run_id=${id}`)).json.run.data;
    const first = await api.get(`/metrics/get-history?run_id=${id}&metric_key=m&max_results=20`);
    const token = first.json.next_page_token;
    const second = await api.get(
      `/metrics/get-history?run_id=${id}&metric_key=m&max_results=20&page_token=${token}`,
    );
    const steps = [...first.json.metrics, ...second.json.metrics].map(
      ({ step }: { step: number }) => step,
    );

    expect(sent.text).toBe('{}');
    expect(data.params).toEqual([
      { key: 'p', value: '' },
      { key: 'q', value: '1' },
    ]);
    expect(data.metrics).toEqual([{ key: 'm', value: 29, timestamp: 71, step: 29 }]);
    expect(steps).toEqual(Array.from({ length: 30 }, (_, at) => 29 - at));
    expect(second.json.next_page_token).toBeUndefined();
    const other = await api.get(
      `/metrics/get-history?run_id=${id}&metric_key=n&page_token=${token}`,
    );
    const bent = await api.get(
      `/metrics/get-history?run_id=${id}&metric_key=m&page_token=${token.slice(0, -1)}`,
    );
    expect([other.status, bent.status]).toEqual([400, 400]);
    expect((await api.get(`/metrics/get-history?run_id=${id}&metric_key=none`)).text).toBe('{}');
  });

  it.each([
    [
      'no run',
      '/runs/log-metric',
      { key: 'k', value: 1, timestamp: 1 },
      `Missing value for required parameter 'run_id'.${SEE}`,
    ],
    [
      'an empty key',
      '/runs/log-metric',
      { run_id: 'r', key: '', value: 1, timestamp: 1 },
      `Missing value for required parameter 'key'.${SEE}`,
    ],
    [
      'no value',
      '/runs/log-metric',
      { run_id: 'r', key: 'k', timestamp: 1 },
      `Missing value for required parameter 'value'.${SEE}`,
    ],
    [
      'a null time',
      '/runs/log-metric',
      { run_id: 'r', key: 'k', value: 1, timestamp: null },
      `Missing value for required parameter 'timestamp'.${SEE}`,
    ],
    [
      'text for a value',
      '/runs/log-metric',
      { run_id: 'r', key: 'k', value: 'high', timestamp: 1 },
      `Invalid value "high" for parameter 'value' supplied`,
    ],
    [
      'true for a value',
      '/runs/log-metric',
      { run_id: 'r', key: 'k', value: true, timestamp: 1 },
      `Invalid value true for parameter 'value' supplied`,
    ],
    [
      'half a step',
      '/runs/log-metric',
      { run_id: 'r', key: 'k', value: 1, timestamp: 1, step: 0.5 },
      `Invalid value 0.5 for parameter 'step' supplied`,
    ],
    [
      'a run that is a path',
      '/runs/log-metric',
      { run_id: '../r', key: 'k', value: 1, timestamp: 1 },
      `Invalid value "../r" for parameter 'run_id' supplied`,
    ],
    [
      'a number for a tag',
      '/runs/set-tag',
      { run_id: 'r', key: 'k', value: 5 },
      `Invalid value 5 for parameter 'value' supplied`,
    ],
    [
      'a list for a key',
      '/runs/log-parameter',
      { run_id: 'r', key: ['k'], value: 'v' },
      `Invalid value ["k"] for parameter 'key' supplied`,
    ],
    [
      'a metric without a key',
      '/runs/log-batch',
      { run_id: 'r', metrics: [{ value: 1, timestamp: 1 }] },
      `Missing value for required parameter 'metrics[0].key'.${SEE}`,
    ],
    [
      'metrics that are no list',
      '/runs/log-batch',
      { run_id: 'r', metrics: {} },
      `Invalid value {} for parameter 'metrics' supplied`,
    ],
    [
      'too long a name',
      '/experiments/create',
      { name: 'n'.repeat(501) },
      "'name' exceeds the maximum length of 500 characters",
    ],
    ['a token that is none', '/runs/search', { page_token: 'x' }, 'Invalid page token'],
  ])('refuses %s in the words of MLflow', async (_what, path, body, message) => {
    const answer = await api.post(path, body);

    expect(answer.status).toBe(400);
    expect(answer.json.error_code).toBe('INVALID_PARAMETER_VALUE');
    expect(answer.json.message).toContain(message);
  });

  it('refuses names, values and batches beyond the limits', async () => {
    const metric = (key: string, at = 0) => ({ key, value: 1, timestamp: at });
    const list = <T>(count: number, make: (at: number) => T) =>
      Array.from({ length: count }, (_, at) => make(at));
    const message = async (body: { readonly [name: string]: unknown }) => {
      const answer = await api.post('/runs/log-batch', { run_id: run, ...body });
      expect(answer.status).toBe(400);
      return answer.json.message as string;
    };

    expect(await message({ metrics: [metric('ok'), metric('a/../b')] })).toContain(
      `Invalid value "a/../b" for parameter 'metrics[1].name' supplied: Names`,
    );
    expect(await message({ metrics: [{ ...metric('ok'), timestamp: -1 }] })).toContain(
      `Invalid value "-1" for parameter 'metrics[0].timestamp' supplied`,
    );
    expect(await message({ metrics: list(1_001, (at) => metric('m', at)) })).toContain(
      'A batch logging request can contain at most 1000 metrics. Got 1001 metrics.',
    );
    expect(await message({ params: list(101, (at) => ({ key: `p${at}`, value: '' })) })).toContain(
      'at most 100 params',
    );
    expect(await message({ tags: list(101, (at) => ({ key: `p${at}`, value: '' })) })).toContain(
      'at most 100 tags',
    );
    expect(
      await message({
        metrics: list(950, (at) => metric('m', at)),
        tags: list(51, (at) => ({ key: `p${at}`, value: '' })),
      }),
    ).toContain('at most 1000 metrics, params, and tags');
    expect(await message({ params: [{ key: 'p'.repeat(251), value: '' }] })).toContain(
      `'Param key' exceeds the maximum length of 250 characters`,
    );
    expect(await message({ tags: [{ key: 'k', value: 'x'.repeat(1_000_001) }] })).toContain(
      'at most 1000000 bytes',
    );
    expect((await api.get(`/runs/get?run_id=${run}`)).json.run.data.params).toBeUndefined();
  });

  it('refuses to change a param', async () => {
    await api.post('/runs/log-parameter', { run_id: run, key: 'lr', value: '1' });
    const answer = await api.post('/runs/log-parameter', { run_id: run, key: 'lr', value: '2' });

    expect(answer.status).toBe(400);
    expect(answer.json.message).toMatch(/^Changing param values is not allowed/);
  });

  it.each([
    ['no JSON', '{"run_id":', {}],
    ['a bare NaN', '{"run_id":"r","key":"k","value":NaN,"timestamp":1}', {}],
    ['a number beyond the doubles', '{"run_id":"r","key":"k","value":1e400,"timestamp":1}', {}],
    ['a list', '[]', {}],
    ['another type', '{}', { 'content-type': 'text/plain' }],
    ['deep nesting', `{"run_id":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, {}],
    ['bytes that are no text', new Uint8Array([0x7b, 0xff, 0x7d]), {}],
  ])('refuses a body that is %s', async (_what, body, headers) => {
    const answer = await api.send('/api/2.0/mlflow/runs/log-metric', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    });

    expect(answer.status).toBe(400);
    expect(answer.json.error_code).toBe('INVALID_PARAMETER_VALUE');
  });
});

describe('every address', () => {
  it('is there for programs and for the web UI, and unknown ones say so', async () => {
    const ajax = await api.send(`/ajax-api/2.0/mlflow/runs/get?run_id=${run}`);
    const info = await api.send('/api/3.0/mlflow/server-info', {}, '');

    expect(ajax.json.run.info.run_id).toBe(run);
    expect(info.json.store_type).toBe('SqlStore');
    expect((await api.send('/version', {}, '')).text).toBe('3.17.2');
    for (const path of ['/api/2.0/mlflow/none', '/ajax-api/3.0/mlflow/none', '/api/2.0/other']) {
      for (const method of ['GET', 'POST', 'DELETE']) {
        const answer = await api.send(path, { method });
        expect([answer.status, answer.json.error_code]).toEqual([404, 'ENDPOINT_NOT_FOUND']);
      }
    }
  });

  it('asks who calls: by password or token, within the scopes of the token', async () => {
    const path = `/runs/get?run_id=${run}`;
    const write = { run_id: run, key: 'k', value: 'v' };

    expect((await api.get(path, '')).json.error_code).toBe('UNAUTHENTICATED');
    expect((await api.get(path, 'Bearer asy_1_wrongwrongwrongwrong')).status).toBe(401);
    expect((await api.get(path, await api.bearer())).status).toBe(200);
    const reader = await api.bearer(['run:read']);
    expect((await api.get(path, reader)).status).toBe(200);
    expect((await api.post('/runs/set-tag', write, reader)).status).toBe(403);
    expect((await api.post('/runs/set-tag', write, 'bob')).json.error_code).toBe(
      'PERMISSION_DENIED',
    );
    expect((await api.post('/runs/set-tag', write, 'carol')).json).toMatchObject({
      error_code: 'RESOURCE_DOES_NOT_EXIST',
      message: `Run with id=${run} not found`,
    });
  });
});
