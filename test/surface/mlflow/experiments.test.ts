import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createExperiment, experimentKind } from '#domain/experiments/index.ts';
import { listResources } from '#domain/resources/index.ts';
import { openSurface, type Surface } from './support.ts';

let api: Surface;
beforeAll(async () => {
  api = await openSurface();
});
afterAll(() => api.close());

let names = 0;
const nextName = (): string => {
  names += 1;
  return `experiment ${names}`;
};
const create = async (body: object = {}): Promise<string> => {
  const { json } = await api.post('/experiments/create', { name: nextName(), ...body });
  return json.experiment_id as string;
};
const read = async (id: string, as?: string) =>
  (await api.get(`/experiments/get?experiment_id=${id}`, as)).json.experiment;
const call = (verb: string, body: { [name: string]: unknown }, as?: string) =>
  api.post(`/experiments/${verb}`, body, as);
const runIn = async (id: string): Promise<string> =>
  (await api.post('/runs/create', { experiment_id: id, start_time: 1 })).json.run.info.run_id;
const runInfo = async (id: string) => (await api.get(`/runs/get?run_id=${id}`)).json.run.info;

describe('a rename', () => {
  it('changes name and time, and frees the old name', async () => {
    const [first, second] = [nextName(), nextName()];
    const id = await create({ name: first });
    api.shop.clock.advance(1_000);
    const answer = await call('update', { experiment_id: id, new_name: second });

    expect([answer.status, answer.text]).toEqual([200, '{}']);
    expect(await read(id)).toMatchObject({
      name: second,
      last_update_time: api.shop.clock.now(),
      creation_time: api.shop.clock.now() - 1_000,
    });
    expect((await call('create', { name: first })).status).toBe(200);
  });

  it('is refused for a name that another has or, deleted, had', async () => {
    const [name, gone] = [nextName(), nextName()];
    await create({ name });
    await call('delete', { experiment_id: await create({ name: gone }) });
    const id = await create();
    const answers = await Promise.all(
      [name, gone].map((taken) => call('update', { experiment_id: id, new_name: taken })),
    );

    for (const { status, json } of answers) {
      expect([status, json.error_code]).toEqual([400, 'RESOURCE_ALREADY_EXISTS']);
      expect(json.message).toContain('already exists');
    }
  });

  it('is refused for one that is deleted, by what clients do not try again', async () => {
    const id = await create();
    await call('delete', { experiment_id: id });
    const answer = await call('update', { experiment_id: id, new_name: nextName() });

    expect([answer.status, answer.json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(answer.json.message).toContain('Cannot rename a non-active experiment');
  });
});

describe('a deleted experiment', () => {
  it('is there no more for another delete, nor a live one for a restore', async () => {
    const id = await create();
    const live = await call('restore', { experiment_id: id });
    const first = await call('delete', { experiment_id: id });
    const second = await call('delete', { experiment_id: id });

    expect([first.status, first.text]).toEqual([200, '{}']);
    for (const { status, json } of [live, second]) {
      expect([status, json.message]).toEqual([404, `No Experiment with id=${id} exists`]);
    }
  });

  it('has the time of deletion and of its restore as that of its last change', async () => {
    const id = await create();
    api.shop.clock.advance(5_000);
    await call('delete', { experiment_id: id });
    const deleted = await read(id);
    const deletedAt = api.shop.clock.now();
    api.shop.clock.advance(5_000);
    await call('restore', { experiment_id: id });
    const restored = await read(id);

    expect(deleted).toMatchObject({ lifecycle_stage: 'deleted', last_update_time: deletedAt });
    expect(restored).toMatchObject({
      lifecycle_stage: 'active',
      last_update_time: deletedAt + 5_000,
    });
  });

  it('takes its runs with it and, restored, brings back all but those deleted by themselves', async () => {
    const id = await create();
    const [kept, gone] = [await runIn(id), await runIn(id)];
    await api.post('/runs/delete', { run_id: gone });
    await call('delete', { experiment_id: id });
    const search = async (run_view_type: string) => {
      const { json } = await api.post('/runs/search', { experiment_ids: [id], run_view_type });
      return (json.runs ?? []).map((run: typeof json) => [
        run.info.run_id,
        run.info.lifecycle_stage,
      ]);
    };
    const whileDeleted = await Promise.all([runInfo(kept), search('ACTIVE_ONLY'), search('ALL')]);
    const writes = await Promise.all([
      api.post('/runs/set-tag', { run_id: kept, key: 'a', value: 'b' }),
      api.post('/runs/log-metric', { run_id: kept, key: 'a', value: 1, timestamp: 1 }),
      api.post('/runs/log-parameter', { run_id: kept, key: 'a', value: 'b' }),
      api.post('/runs/update', { run_id: kept, run_name: 'b' }),
      api.post('/runs/create', { experiment_id: id }),
      call('set-experiment-tag', { experiment_id: id, key: 'a', value: 'b' }),
    ]);
    await call('restore', { experiment_id: id });

    expect(whileDeleted[0].lifecycle_stage).toBe('deleted');
    expect(whileDeleted[1]).toEqual([]);
    expect(whileDeleted[2].toSorted()).toEqual(
      [
        [gone, 'deleted'],
        [kept, 'deleted'],
      ].toSorted(),
    );
    for (const { status, json } of writes) {
      expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
      expect(json.message).toContain("must be in the 'active' state");
    }
    expect((await runInfo(kept)).lifecycle_stage).toBe('active');
    expect((await runInfo(gone)).lifecycle_stage).toBe('deleted');
    expect(await search('ACTIVE_ONLY')).toEqual([[kept, 'active']]);
  });

  it("keeps its name from MLflow's create, and loses it to Dioptra's", async () => {
    const name = 'taken-over';
    const id = await create({ name });
    await call('delete', { experiment_id: id });
    const refused = await call('create', { name });
    const data = { name, description: '', groupId: 1, entrypoints: [] };
    const other = await createExperiment(api.shop.alice, data);
    const lost = await call('restore', { experiment_id: id });

    expect(refused.json.error_code).toBe('RESOURCE_ALREADY_EXISTS');
    expect(lost.json).toMatchObject({
      error_code: 'RESOURCE_ALREADY_EXISTS',
      message: `Experiment '${name}' already exists.`,
    });
    await call('delete', { experiment_id: String(other.id) });
    expect((await call('restore', { experiment_id: id })).status).toBe(200);
    expect((await read(id)).lifecycle_stage).toBe('active');
  });

  it("leaves Dioptra's lists and comes back to them", async () => {
    const id = await create();
    const listed = async () => {
      const page = { groupId: 1, index: 0, pageLength: 1_000 };
      const { rows } = await listResources(api.shop.alice, experimentKind, page);
      return rows.some((row) => row.id === Number(id));
    };
    await call('delete', { experiment_id: id });
    const whileDeleted = await listed();
    await call('restore', { experiment_id: id });

    expect([whileDeleted, await listed()]).toEqual([false, true]);
  });
});

describe('tags of an experiment', () => {
  it('are set, replaced and deleted', async () => {
    const id = await create({ tags: [{ key: 'a', value: '1' }] });
    await call('set-experiment-tag', { experiment_id: id, key: 'b', value: '2' });
    await call('set-experiment-tag', { experiment_id: id, key: 'a', value: '3' });
    await call('set-experiment-tag', { experiment_id: id, key: '__proto__', value: '' });
    const set = (await read(id)).tags;
    const removed = await call('delete-experiment-tag', { experiment_id: id, key: 'b' });
    const again = await call('delete-experiment-tag', { experiment_id: id, key: 'b' });

    expect(set).toEqual(
      expect.arrayContaining([
        { key: 'a', value: '3' },
        { key: 'b', value: '2' },
        { key: '__proto__', value: '' },
      ]),
    );
    expect(set).toHaveLength(3);
    expect(removed.status).toBe(200);
    expect((await read(id)).tags).toHaveLength(2);
    expect([again.status, again.json.message]).toEqual([
      404,
      `No tag with name: b in experiment with id ${id}`,
    ]);
  });

  it('do not count as a change of the experiment, as in the original', async () => {
    const id = await create();
    const before = await read(id);
    api.shop.clock.advance(1_000);
    await call('set-experiment-tag', { experiment_id: id, key: 'a', value: '1' });

    expect((await read(id)).last_update_time).toBe(before.last_update_time);
  });

  it('may be many and long; no item grows beyond 64 KB', async () => {
    const id = await create();
    const tags = Array.from({ length: 40 }, (_, at) => ({
      key: `key ${at}`,
      value: at < 3 ? '🦉'.repeat(20_000) : `${at}`.padEnd(2_000 * (at % 3), 'x'),
    }));
    for (const tag of tags) {
      const { status } = await call('set-experiment-tag', { experiment_id: id, ...tag });
      expect(status).toBe(200);
    }
    await call('delete-experiment-tag', { experiment_id: id, key: 'key 1' });
    const found = (await read(id)).tags as typeof tags;
    const { items } = await api.shop.platform.table.query({ pk: `RUN#EXP#${id}` });

    const wanted = tags.filter(({ key }) => key !== 'key 1');
    expect(new Map(found.map((tag) => [tag.key, tag.value]))).toEqual(
      new Map(wanted.map((tag) => [tag.key, tag.value])),
    );
    expect(items.length).toBeGreaterThan(2);
    for (const item of items) {
      expect(Buffer.byteLength(JSON.stringify(item))).toBeLessThan(64 * 1024);
    }
  });

  it('that are set at once are all there', async () => {
    const id = await create();
    const tags = Array.from({ length: 12 }, (_, at) => ({ key: `k${at}`, value: `${at}` }));
    await Promise.all(tags.map((tag) => call('set-experiment-tag', { experiment_id: id, ...tag })));

    expect((await read(id)).tags).toHaveLength(12);
  });

  it.each([
    ['a key that is no name', { key: 'a/../b', value: '' }],
    ['a key that is too long', { key: 'k'.repeat(251), value: '' }],
    ['a value that is too long', { key: 'k', value: 'v'.repeat(20_001) }],
    ['no key', { value: '' }],
    ['half a character', { key: 'k', value: '\ud800' }],
  ])('are refused: %s', async (_, tag) => {
    const id = await create();
    const answers = [
      await call('set-experiment-tag', { experiment_id: id, ...tag }),
      await call('create', { name: nextName(), tags: [tag] }),
    ];

    for (const { status, json } of answers) {
      expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    }
  });

  it('are part of the version that If-Match names', async () => {
    const id = await create();
    const tag = (await api.get(`/experiments/get?experiment_id=${id}`)).headers.get('etag') ?? '';
    const send = (path: string, body: object) =>
      api.send(`/api/2.0/mlflow/experiments/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'if-match': tag },
        body: JSON.stringify({ experiment_id: id, ...body }),
      });
    const first = await send('set-experiment-tag', { key: 'a', value: '1' });
    const outcomes = [
      await send('set-experiment-tag', { key: 'a', value: '2' }),
      await send('update', { new_name: nextName() }),
      await send('delete', {}),
    ];

    expect(first.status).toBe(200);
    expect(outcomes.map(({ status }) => status)).toEqual([412, 412, 412]);
  });
});

describe('an artifact_location', () => {
  it.each([
    's3://bucket/some/path',
    's3://my.bucket',
    'gs://bucket/a b/',
    'abfss://container@account.dfs.core.windows.net/x',
    'wasbs://c@a.blob.core.windows.net/x',
    'hdfs://host:8020/x',
  ])('of another store is kept as it is, and runs are below it: %s', async (location) => {
    const id = await create({ artifact_location: location });
    const run = await runIn(id);
    const { artifact_uri: uri } = await runInfo(run);
    const calls = await Promise.all([
      api.get(`/artifacts/list?run_id=${run}`),
      api.send(`/api/2.0/mlflow-artifacts/artifacts/${id}/${run}/artifacts/a.txt`),
      api.post('/artifacts/presigned-upload-url', { run_id: run, path: 'a' }),
      api.post('/artifacts/presigned-download-url', { run_id: run, path: 'a' }),
    ]);

    expect((await read(id)).artifact_location).toBe(location);
    expect(uri).toBe(`${location.replace(/\/$/, '')}/${run}/artifacts`);
    for (const { status, json } of calls) {
      expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
      expect(json.message).toContain(location);
    }
  });

  it.each([
    'file:///etc',
    'file:/etc',
    'relative/path',
    '/absolute',
    'C:\\x',
    '//host/share',
    'http://169.254.169.254/latest',
    'http:///#/../../etc/',
    'https://example.com/x',
    'mlflow-artifacts:/1',
    'runs:/a/b',
    'dbfs:/../x',
    's3://bucket/x#y',
    's3://bucket/x?y=/../..',
    's3://bucket/x;/../..',
    's3://bucket/../x',
    's3://bucket/%2e%2e/x',
    's3://bucket/%252e%252e%252fx',
    's3://bucket/a\\..\\b',
    's3://bucket/a%5c..%5cb',
    's3://bucket/a%23b',
    's3://bucket/a\nb',
    's3://user:password@bucket/a',
    's3:///x',
    's3://..',
    'S3://bucket',
    `s3://bucket/${'x'.repeat(2_048)}`,
    's3://bucket/\ud800',
  ])('is refused: %j', async (location) => {
    const { status, json } = await call('create', {
      name: nextName(),
      artifact_location: location,
    });

    expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(json.message).toMatch(/artifact_location|Invalid path/);
  });

  it('that is empty is none', async () => {
    const id = await create({ artifact_location: '' });

    expect((await read(id)).artifact_location).toBe(`mlflow-artifacts:/${id}`);
  });
});

describe('the experiment that is always there', () => {
  it('is "0" at home, and takes runs', async () => {
    const found = await read('0');
    const run = await runIn('0');
    const info = await runInfo(run);
    const named = await api.get('/experiments/get-by-name?experiment_name=Default');
    const put = await api.send(`/api/2.0/mlflow-artifacts/artifacts/0/${run}/artifacts/a.txt`, {
      method: 'PUT',
      headers: { 'content-length': '1' },
      body: 'x',
    });

    expect(found).toMatchObject({
      experiment_id: '0',
      name: 'Default',
      artifact_location: 'mlflow-artifacts:/0-1',
      lifecycle_stage: 'active',
    });
    expect(info).toMatchObject({
      experiment_id: '0',
      artifact_uri: `mlflow-artifacts:/0-1/${run}/artifacts`,
    });
    expect(named.json.experiment).toEqual(found);
    expect(put.status).toBe(307);
    expect((await api.get(`/artifacts/list?run_id=${run}`)).json.root_uri).toBe(info.artifact_uri);
    const { json } = await api.post('/runs/search', { experiment_ids: ['0'] });
    expect(json.runs.map((each: typeof json) => each.info.run_id)).toContain(run);
  });

  it('is each group own', async () => {
    const [carols, foreign, missing] = await Promise.all([
      api.get('/experiments/get?experiment_id=0-2', 'carol'),
      api.get('/experiments/get?experiment_id=0-2'),
      api.get('/experiments/get?experiment_id=0-99'),
    ]);
    const bobs = await api.get('/experiments/get?experiment_id=0', 'bob');

    expect(carols.json.experiment.experiment_id).toBe('0');
    expect(bobs.json.experiment.artifact_location).toBe('mlflow-artifacts:/0-1');
    expect(foreign.status).toBe(404);
    expect(foreign.text.replaceAll('0-2', '#')).toBe(missing.text.replaceAll('0-99', '#'));
  });

  it.each(['00', '0-', '0-0', '-1', '0-01', '0--1', '1e3', ' 1', '٣'])(
    'is not called %j',
    async (id) => {
      const { status, json } = await api.get(
        `/experiments/get?experiment_id=${encodeURIComponent(id)}`,
      );

      expect([status, json.error_code]).toEqual([404, 'RESOURCE_DOES_NOT_EXIST']);
    },
  );

  it('is renamed, tagged, deleted and restored like any other', async () => {
    const [taken, free] = [nextName(), nextName()];
    await create({ name: taken });
    const twice = await call('create', { name: 'Default' });
    const refused = await call('update', { experiment_id: '0', new_name: taken });
    const renamed = await call('update', { experiment_id: '0', new_name: free });
    await call('set-experiment-tag', { experiment_id: '0', key: 'a', value: '1' });
    const other = await call('create', { name: free });
    const second = await call('create', { name: 'Default' });
    const gone = await call('delete', { experiment_id: '0' });
    const deleted = await read('0');
    const lost = await api.post('/runs/create', { experiment_id: '0' });
    const restored = await call('restore', { experiment_id: '0' });

    expect(twice.json.error_code).toBe('RESOURCE_ALREADY_EXISTS');
    expect(refused.json.error_code).toBe('RESOURCE_ALREADY_EXISTS');
    expect([renamed.status, second.status, gone.status, restored.status]).toEqual([
      200, 200, 200, 200,
    ]);
    expect(other.json.error_code).toBe('RESOURCE_ALREADY_EXISTS');
    expect(deleted).toMatchObject({
      name: free,
      lifecycle_stage: 'deleted',
      tags: [{ key: 'a', value: '1' }],
    });
    expect(lost.json.message).toContain("must be in the 'active' state");
    expect(await read('0')).toMatchObject({ name: free, lifecycle_stage: 'active' });
    const home = await api.get('/experiments/get-by-name?experiment_name=Default');
    expect(home.json.experiment.experiment_id).toBe(second.json.experiment_id);
  });
});

it('answers a reader of the group with 403, others with 404', async () => {
  const id = await create();
  const verbs = ['update', 'delete', 'restore', 'set-experiment-tag', 'delete-experiment-tag'];
  for (const experiment of [id, '0-1']) {
    const body = { experiment_id: experiment, new_name: nextName(), key: 'a', value: 'b' };
    for (const verb of verbs) {
      const [reader, stranger] = [await call(verb, body, 'bob'), await call(verb, body, 'carol')];
      expect([verb, reader.status, stranger.status]).toEqual([verb, 403, 404]);
      expect(stranger.json.message).toBe(`No Experiment with id=${experiment} exists`);
    }
  }
});
