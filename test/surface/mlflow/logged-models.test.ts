import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, openSurface, type Surface } from './support.ts';

let api: Surface;
let experiment: string;

beforeAll(async () => {
  api = await openSurface();
  experiment = String(api.shop.experimentId);
});
afterAll(() => api.close());

type Json = { readonly [name: string]: unknown };

const call = (method: string, path: string, body?: Json, as?: string): Promise<Answer> =>
  api.send(
    `/api/2.0/mlflow/logged-models${path}`,
    {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    },
    as,
  );

const create = async (body: Json = {}) => {
  const answer = await api.post('/logged-models', { experiment_id: experiment, ...body });
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  return answer.json.model;
};
const newId = async (body: Json = {}): Promise<string> => (await create(body)).info.model_id;
const get = async (id: string) => (await call('GET', `/${id}`)).json.model;
const status = (answer: Answer) => [answer.status, answer.json.error_code];
const MISSING = [404, 'RESOURCE_DOES_NOT_EXIST'];
const INVALID = [400, 'INVALID_PARAMETER_VALUE'];

const search = async (body: Json = {}) => {
  const answer = await api.post('/logged-models/search', { experiment_ids: [experiment], ...body });
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  return answer.json;
};
const names = async (body: Json) =>
  ((await search(body)).models ?? []).map((model: { info: { name: string } }) => model.info.name);

describe('a logged model', () => {
  it('is made of a name, a type, params and tags', async () => {
    const made = await create({
      name: 'net',
      model_type: 'Agent',
      source_run_id: 'f'.repeat(32),
      params: [{ key: 'lr', value: '0.1' }],
      tags: [{ key: 'team', value: 'a' }],
    });

    const { model_id: id } = made.info;
    const now = api.shop.clock.now();
    expect(made).toEqual({
      info: {
        model_id: expect.stringMatching(/^m-[0-9a-f]{32}$/),
        experiment_id: experiment,
        name: 'net',
        creation_timestamp_ms: now,
        last_updated_timestamp_ms: now,
        artifact_uri: `mlflow-artifacts:/${experiment}/models/${id}/artifacts`,
        status: 'LOGGED_MODEL_PENDING',
        model_type: 'Agent',
        source_run_id: 'f'.repeat(32),
        tags: [{ key: 'team', value: 'a' }],
      },
      data: { params: [{ key: 'lr', value: '0.1' }] },
    });
    expect(await get(id)).toEqual(made);
  });

  it('gets a name when it has none', async () => {
    expect((await create()).info.name).toMatch(/^[a-z]+-[a-z]+-\d+$/);
  });

  it.each(['a/b', 'a:b', 'a.b', '50%', '"', "'", 'x'.repeat(501)])(
    'is not called %j',
    async (name) => {
      const answer = await api.post('/logged-models', { experiment_id: experiment, name });

      expect(status(answer)).toEqual(INVALID);
      expect(answer.json.message).toContain('Invalid model name');
    },
  );

  it('is of an experiment that is there', async () => {
    expect(status(await api.post('/logged-models', { experiment_id: '987654' }))).toEqual(MISSING);
    expect(status(await api.post('/logged-models', {}))).toEqual(INVALID);
  });

  it.each([
    ['LOGGED_MODEL_READY', 'LOGGED_MODEL_READY'],
    [3, 'LOGGED_MODEL_UPLOAD_FAILED'],
    ['LOGGED_MODEL_PENDING', 'LOGGED_MODEL_PENDING'],
  ])('is finalized as %s', async (given, shown) => {
    const id = await newId();
    api.shop.clock.advance(1_000);

    const answer = await call('PATCH', `/${id}`, { status: given });

    expect(answer.json.model.info).toMatchObject({
      status: shown,
      last_updated_timestamp_ms: api.shop.clock.now(),
    });
    expect(await get(id)).toEqual(answer.json.model);
  });

  it.each([{}, { status: 'READY' }, { status: 4 }, { status: -1 }])(
    'is not finalized by %j',
    async (body) => {
      expect(status(await call('PATCH', `/${await newId()}`, body))).toEqual(INVALID);
    },
  );

  it('is deleted once, and shown then only on request', async () => {
    const id = await newId({ name: 'gone' });

    expect((await call('DELETE', `/${id}`)).text).toBe('{}');

    const message = `Logged model with ID '${id}' not found.`;
    for (const answer of [
      await call('GET', `/${id}`),
      await call('DELETE', `/${id}`),
      await call('PATCH', `/${id}`, { status: 2 }),
      await call('PATCH', `/${id}/tags`, { tags: [{ key: 'a', value: 'b' }] }),
      await call('POST', `/${id}/params`, { params: [{ key: 'a', value: 'b' }] }),
      await call('DELETE', `/${id}/tags/a`),
    ]) {
      expect([status(answer), answer.json.message]).toEqual([MISSING, message]);
    }
    const shown = await call('GET', `/${id}?allow_deleted=true`);
    expect(shown.json.model.info.name).toBe('gone');
    expect(await names({ filter: "name = 'gone'" })).toEqual([]);
  });

  it.each(['m-1', `m-${'0'.repeat(32)}`, '__proto__', 'x'.repeat(3_000)])(
    'is not found as %s',
    async (id) => {
      expect(status(await call('GET', `/${encodeURIComponent(id)}`))).toEqual(MISSING);
    },
  );
});

describe('tags', () => {
  it('are set, changed and deleted one by one', async () => {
    const id = await newId({ tags: [{ key: 'a', value: '1' }] });
    const odd = { key: 'with space/ü', value: 'x' };

    await call('PATCH', `/${id}/tags`, { tags: [{ key: 'a', value: '2' }, odd] });
    expect((await call('PATCH', `/${id}/tags`, {})).text).toBe('{}');
    expect((await get(id)).info.tags).toEqual([{ key: 'a', value: '2' }, odd]);
    await call('DELETE', `/${id}/tags/${encodeURIComponent(odd.key)}`);
    expect((await get(id)).info.tags).toEqual([{ key: 'a', value: '2' }]);

    const again = await call('DELETE', `/${id}/tags/none`);
    expect(status(again)).toEqual(MISSING);
    expect(again.json.message).toBe(`No tag with key 'none' found for model with ID '${id}'.`);
  });

  it('may be called like anything inside', async () => {
    const keys = ['__proto__', 'constructor', 'status', 'pk', 't:x', 'name'];
    const tags = keys.map((key) => ({ key, value: key }));

    const id = await newId({ tags });

    const shown = (await get(id)).info;
    expect(shown.tags.map(({ key }: { key: string }) => key).sort()).toEqual(keys.sort());
    expect(shown.status).toBe('LOGGED_MODEL_PENDING');
  });

  it('that are no text or too long are refused or cut', async () => {
    const id = await newId();
    const set = (key: string, value: string) =>
      call('PATCH', `/${id}/tags`, { tags: [{ key, value }] });

    for (const key of ['', 'x'.repeat(251), '\ud800', 'a\0']) {
      expect(status(await set(key, 'x'))).toEqual(INVALID);
    }
    expect(status(await set('a', '\ud800'))).toEqual(INVALID);
    expect((await set('a', 'x'.repeat(20_001))).status).toBe(200);
    expect((await get(id)).info.tags[0].value).toHaveLength(20_000);
    await set('b', 'x'.repeat(20_000));
    await set('c', 'x'.repeat(20_000));
    expect((await set('d', 'x'.repeat(20_000))).json.message).toContain('64 KiB');
  });
});

describe('params', () => {
  it('are written once, however many', async () => {
    const id = await newId({ params: [{ key: 'first', value: '1' }] });
    const many = Array.from({ length: 100 }, (_, at) => ({
      key: `p${at}`,
      value: String(at).repeat(1_000),
    }));

    for (const _twice of [1, 2]) {
      expect((await call('POST', `/${id}/params`, { params: many })).status).toBe(200);
    }
    await call('POST', `/${id}/params`, { params: [{ key: 'last', value: '' }] });

    const shown = (await get(id)).data.params;
    const keys = shown.map(({ key }: { key: string }) => key);
    expect(keys.toSorted()).toEqual(['first', 'last', ...many.map(({ key }) => key)].toSorted());
    expect(shown).toContainEqual(many[42]);
    const changed = await call('POST', `/${id}/params`, {
      params: [{ key: 'p1', value: 'other' }],
    });
    expect(status(changed)).toEqual(INVALID);
    expect(changed.json.message).toContain('Changing param values is not allowed');
    expect(await names({ filter: `params.p42 LIKE '42%' AND model_id = '${id}'` })).toHaveLength(1);
  });

  it('that are written at the same time are all there', async () => {
    const id = await newId();

    await Promise.all(
      Array.from({ length: 8 }, (_, at) =>
        call('POST', `/${id}/params`, { params: [{ key: `k${at}`, value: 'v' }] }),
      ),
    );

    expect((await get(id)).data.params).toHaveLength(8);
  });
});

describe('metrics', () => {
  it('that name a model are kept with it: the latest of each metric, dataset and run', async () => {
    const id = await newId();
    const run = await api.newRun();
    const on = { model_id: id, dataset_name: 'train', dataset_digest: 'd1' };
    const point = { key: 'acc', timestamp: 1, step: 1 };

    await api.post('/runs/log-metric', { run_id: run, ...point, value: 0.1, model_id: id });
    await api.post('/runs/log-batch', {
      run_id: run,
      metrics: [
        { ...point, value: 0.3, step: 3, ...on },
        { ...point, value: 0.2, step: 2, ...on },
        { ...point, value: 0.5, key: 'loss', timestamp: 5, model_id: id },
        { ...point, value: 9, key: 'other' },
      ],
    });
    await api.post('/runs/log-metric', {
      run_id: run,
      ...point,
      value: 0.05,
      step: 0,
      model_id: id,
    });

    const shown = { model_id: id, run_id: run, timestamp: 1 };
    expect((await get(id)).data.metrics).toHaveLength(3);
    expect((await get(id)).data.metrics).toEqual(
      expect.arrayContaining([
        { key: 'acc', value: 0.1, step: 1, ...shown },
        { key: 'acc', value: 0.3, step: 3, ...shown, dataset_name: 'train', dataset_digest: 'd1' },
        { key: 'loss', value: 0.5, step: 1, ...shown, timestamp: 5 },
      ]),
    );
    const history = await api.get(`/metrics/get-history?run_id=${run}&metric_key=acc`);
    expect(history.json.metrics).toHaveLength(4);
  });

  it('of a model that is not there are refused, and not logged either', async () => {
    const run = await api.newRun();
    const foreign = await newId();
    const log = (model_id: string, as?: string) =>
      api.post('/runs/log-metric', { run_id: run, key: 'a', value: 1, timestamp: 1, model_id }, as);

    expect(status(await log('m-1'))).toEqual(MISSING);
    expect((await log(foreign, 'bob')).status).toBe(403);
    expect(status(await log(foreign, 'carol'))).toEqual(MISSING);
    expect((await api.get(`/runs/get?run_id=${run}`)).json.run.data.metrics).toBeUndefined();
    expect((await get(foreign)).data).toEqual({});
  });

  it('with bad values change nothing', async () => {
    const [id, run] = [await newId(), await api.newRun()];
    const metrics = [
      { key: 'a', value: 1, timestamp: 1, model_id: id },
      { key: '../a', value: 1, timestamp: 1, model_id: id },
    ];

    expect((await api.post('/runs/log-batch', { run_id: run, metrics })).status).toBe(400);
    await api.post('/runs/delete', { run_id: run });
    const [metric] = metrics;
    expect((await api.post('/runs/log-metric', { run_id: run, ...metric })).status).toBe(400);

    expect((await get(id)).data).toEqual({});
  });
});

describe('a search', () => {
  const ids: { [name: string]: string } = {};
  let other: string;

  beforeAll(async () => {
    const made = await api.post('/experiments/create', { name: 'searched' });
    other = made.json.experiment_id;
    const run = await api.newRun({ experiment_id: other });
    for (const [at, name] of ['one', 'two', 'three', 'four'].entries()) {
      api.shop.clock.advance(10);
      ids[name] = await newId({
        experiment_id: other,
        name,
        model_type: at % 2 === 0 ? 'even' : 'odd',
        params: [{ key: 'lr', value: `0.${at}` }],
        tags: at === 0 ? [] : [{ key: 'team', value: 'a' }],
      });
    }
    const log = (name: string, metric: Json) =>
      api.post('/runs/log-metric', { run_id: run, timestamp: 1, model_id: ids[name], ...metric });
    await log('one', { key: 'acc', value: 0.9 });
    await log('two', { key: 'acc', value: 0.5, dataset_name: 'test', dataset_digest: 'x' });
    await log('two', { key: 'acc', value: 0.7, dataset_name: 'train', timestamp: 2 });
    await log('three', { key: 'acc', value: 'NaN' });
    await call('PATCH', `/${ids.two}`, { status: 2 });
  });

  const found = (body: Json) => names({ experiment_ids: [other], ...body });

  it('shows the latest first', async () => {
    expect(await found({})).toEqual(['four', 'three', 'two', 'one']);
    expect(await found({ experiment_ids: ['5000', 'x', other] })).toHaveLength(4);
    expect(await search({ experiment_ids: ['5000'] })).toEqual({});
  });

  it.each([
    ["name = 'two'", ['two']],
    ["attributes.name LIKE 't%'", ['three', 'two']],
    ["model_type = 'even'", ['three', 'one']],
    ["status = 'READY'", ['two']],
    ["name IN ('one', 'four')", ['four', 'one']],
    ["params.lr != '0.0' AND tags.team = 'a'", ['four', 'three', 'two']],
    ["params.lr IN ('0.1')", ['two']],
    ['tags.team IS NULL', ['one']],
    ['metrics.acc > 0.6', ['two', 'one']],
    ['metrics.acc < 0.6', ['two']],
    ['metrics.acc != 0.9', ['three', 'two']],
    ["NOT metrics.acc > 0 OR name = 'one'", ['four', 'three', 'one']],
    ['creation_timestamp > 0 AND creation_time < 1', []],
  ])('by %s', async (filter, expected) => {
    expect(await found({ filter })).toEqual(expected);
  });

  it('by datasets counts the metrics on them alone', async () => {
    const datasets = [{ dataset_name: 'test' }];

    expect(await found({ datasets })).toEqual(['two']);
    expect(await found({ datasets, filter: 'metrics.acc > 0.6' })).toEqual([]);
    expect(await found({ datasets, filter: 'metrics.acc > 0.4' })).toEqual(['two']);
    expect(await found({ datasets: [{ dataset_name: 'test', dataset_digest: 'y' }] })).toEqual([]);
  });

  it.each([
    [[{ field_name: 'metrics.acc' }], ['two', 'one', 'three', 'four']],
    [[{ field_name: 'metrics.acc', ascending: false }], ['one', 'two', 'three', 'four']],
    [[{ field_name: 'metrics.acc', dataset_name: 'test' }], ['two', 'four', 'three', 'one']],
    [[{ field_name: 'name' }], ['four', 'one', 'three', 'two']],
    [[{ field_name: 'creation_time', ascending: true }], ['one', 'two', 'three', 'four']],
    [
      [{ field_name: 'model_type', ascending: false }, { field_name: 'name' }],
      ['four', 'two', 'one', 'three'],
    ],
  ])('in the order of %j', async (order_by, expected) => {
    expect(await found({ order_by })).toEqual(expected);
    expect(await pagewise({ order_by })).toEqual(expected);
  });

  async function pagewise(body: Json) {
    const all: string[] = [];
    let token: string | undefined;
    do {
      const page = await search({
        experiment_ids: [other, experiment],
        filter: `model_id IN (${Object.values(ids).map((id) => `'${id}'`)})`,
        max_results: 1,
        ...body,
        ...(token === undefined ? {} : { page_token: token }),
      });
      for (const model of page.models ?? []) all.push(model.info.name);
      token = page.next_page_token;
    } while (token !== undefined);
    return all;
  }

  it('comes in pages', async () => {
    expect(await pagewise({})).toEqual(['four', 'three', 'two', 'one']);
  });

  it.each([
    [{ filter: 'a = b' }, 'Invalid attribute key'],
    [{ filter: 'metrics.a = ' }, 'Expected numeric value type for metric'],
    [{ order_by: [{ field_name: 'params.a' }] }, 'Invalid order by field name: params.a'],
    [{ order_by: [{ field_name: 'nothing' }] }, 'Invalid order by field name: nothing'],
    [{ order_by: [{}] }, 'field_name'],
    [{ datasets: [{}] }, 'dataset_name'],
    [{ page_token: 'x' }, 'page token'],
    [{ experiment_ids: [] }, 'experiment_ids'],
  ])('by %j is refused', async (body, message) => {
    const answer = await api.post('/logged-models/search', { experiment_ids: [other], ...body });

    expect(status(answer)).toEqual(INVALID);
    expect(answer.json.message).toContain(message);
  });

  it('finds nothing of what others have', async () => {
    const body = { experiment_ids: [other] };

    expect((await api.post('/logged-models/search', body, 'carol')).text).toBe('{}');
    expect((await api.post('/logged-models/search', body, 'bob')).json.models).toHaveLength(4);
  });
});

describe('files', () => {
  const proxy = (id: string, path: string) =>
    `/api/2.0/mlflow-artifacts/artifacts/${experiment}/models/${id}/artifacts/${path}`;

  async function store(id: string, path: string): Promise<void> {
    const url = proxy(id, path);
    const moved = await api.send(url, {
      method: 'PUT',
      headers: { 'content-length': '1' },
      body: 'x',
    });
    expect(moved.status).toBe(307);
    const request = new Request(moved.headers.get('location') ?? '', {
      method: 'PUT',
      headers: { 'content-length': '1' },
      body: 'x',
    });
    expect((await api.shop.platform.blobs.handleRequest(request)).status).toBe(200);
  }

  it('come and go through the proxy, and are listed a level at a time', async () => {
    const id = await newId();

    await store(id, 'MLmodel');
    await store(id, 'data/model.pkl');

    const list = await call('GET', `/${id}/artifacts/directories`);
    expect(list.json).toEqual({
      root_uri: `mlflow-artifacts:/${experiment}/models/${id}/artifacts`,
      files: [
        { path: 'MLmodel', is_dir: false, file_size: 1 },
        { path: 'data', is_dir: true },
      ],
    });
    const below = await call('GET', `/${id}/artifacts/directories?artifact_directory_path=data/`);
    expect(below.json.files).toEqual([{ path: 'data/model.pkl', is_dir: false, file_size: 1 }]);
    const proxied = `path=${experiment}/models/${id}/artifacts/data`;
    const { json } = await api.send(`/api/2.0/mlflow-artifacts/artifacts?${proxied}`);
    expect(json.files).toEqual([{ path: 'model.pkl', is_dir: false, file_size: 1 }]);
    expect((await api.send(proxy(id, 'MLmodel'))).status).toBe(307);
    await api.send(proxy(id, 'data'), { method: 'DELETE' });
    expect((await call('GET', `/${id}/artifacts/directories`)).json.files).toHaveLength(1);
  });

  it('are got by the web UI, and sent by a signed URL', async () => {
    const id = await newId();
    await store(id, 'MLmodel');

    const file = await api.send(
      `/ajax-api/2.0/mlflow/logged-models/${id}/artifacts/files?artifact_file_path=MLmodel`,
    );
    expect(file.status).toBe(307);
    const got = await api.shop.platform.blobs.handleRequest(
      new Request(file.headers.get('location') ?? ''),
    );
    expect(await got.text()).toBe('x');
    const upload = await api.post('/artifacts/presigned-upload-url', {
      model_id: id,
      path: 'a.bin',
    });
    expect(upload.json.presigned_url).toContain('http');
  });

  it('of others, of another experiment or above are not there', async () => {
    const id = await newId();
    const made = await api.post('/experiments/create', { name: 'beside' });
    const url = proxy(id, 'x');

    expect(status(await api.send(url, {}, 'carol'))).toEqual(MISSING);
    expect((await api.send(url, { method: 'PUT', body: 'x' }, 'bob')).status).toBe(403);
    const elsewhere = url.replace(`/${experiment}/models`, `/${made.json.experiment_id}/models`);
    expect(status(await api.send(elsewhere))).toEqual(MISSING);
    expect(status(await api.send(url.replace('/models/', '/constructor/')))).toEqual(MISSING);
    const climbing = 'artifact_directory_path=..%2F..%2Fx';
    expect((await call('GET', `/${id}/artifacts/directories?${climbing}`)).status).toBe(400);
    expect((await call('GET', `/${id}/artifacts/files?artifact_file_path=..%2Fx`)).status).toBe(
      400,
    );
    expect((await call('GET', `/${id}/artifacts/files`)).status).toBe(400);
  });
});

describe('the history of models of older clients', () => {
  const model = { artifact_path: 'model', utc_time_created: 'now', model_uuid: 'u', other: 1 };

  it('grows by what is logged', async () => {
    const run_id = await api.newRun();
    const flavors = { sklearn: { config: 'secret', code: 'x' }, python_function: 'y' };
    const log = (artifact_path: string) =>
      api.post('/runs/log-model', {
        run_id,
        model_json: JSON.stringify({ ...model, flavors, run_id, artifact_path }),
      });

    expect((await log('a')).text).toBe('{}');
    await log('b');

    const { tags } = (await api.get(`/runs/get?run_id=${run_id}`)).json.run.data;
    const tag = tags.find(({ key }: { key: string }) => key === 'mlflow.log-model.history');
    const kept = { sklearn: { code: 'x' }, python_function: 'y' };
    const { other: _other, ...entry } = model;
    expect(JSON.parse(tag.value)).toEqual([
      { ...entry, run_id, artifact_path: 'a', flavors: kept },
      { ...entry, run_id, artifact_path: 'b', flavors: kept },
    ]);
  });

  it('keeps the latest where it would grow too long', async () => {
    const run_id = await api.newRun();

    for (const at of [1, 2, 3, 4]) {
      const model_json = JSON.stringify({
        ...model,
        flavors: { f: 'x'.repeat(2_500) },
        run_id,
        artifact_path: at,
      });
      await api.post('/runs/log-model', { run_id, model_json });
    }

    const { tags } = (await api.get(`/runs/get?run_id=${run_id}`)).json.run.data;
    const tag = tags.find(({ key }: { key: string }) => key === 'mlflow.log-model.history');
    expect(JSON.parse(tag.value).map((one: Json) => one.artifact_path)).toEqual([2, 3, 4]);
  });

  it.each([
    ['{', 'is not a valid JSON'],
    ['5', 'must be a JSON object'],
    ['{"flavors": {}}', 'missing mandatory fields: artifact_path, utc_time_created, run_id'],
  ])('does not take %s', async (model_json, message) => {
    const answer = await api.post('/runs/log-model', { run_id: await api.newRun(), model_json });

    expect(status(answer)).toEqual(INVALID);
    expect(answer.json.message).toContain(message);
  });
});
