import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSurface, type Surface } from './support.ts';

let api: Surface;
let run: string;
let place: string;
beforeAll(async () => {
  api = await openSurface({ baseUrl: 'http://blobs.test' });
  run = await api.newRun();
  place = `${api.shop.experimentId}/${run}/artifacts`;
});
afterAll(() => api.close());

const followed = (url: string, init: RequestInit = {}) =>
  api.shop.platform.blobs.handleRequest(new Request(url, init));
const upload = (body: object, as?: string) =>
  api.post('/artifacts/presigned-upload-url', { run_id: run, ...body }, as);
const download = (body: object, as?: string) =>
  api.post('/artifacts/presigned-download-url', { run_id: run, ...body }, as);
const presigned = (path: string, as?: string) =>
  api.send(`/api/2.0/mlflow-artifacts/presigned/${place}/${path}`, {}, as);
const remove = (path: string, as?: string) =>
  api.send(`/api/2.0/mlflow-artifacts/artifacts/${place}/${path}`, { method: 'DELETE' }, as);

async function store(path: string, text: string): Promise<void> {
  const { presigned_url, headers } = (await upload({ path })).json;
  const body = Buffer.from(text);
  const answer = await followed(presigned_url, {
    method: 'PUT',
    headers: { ...headers, 'content-length': String(body.byteLength) },
    body,
  });
  expect(answer.status).toBe(200);
}

const stored = async (): Promise<readonly string[]> => {
  const { objects } = await api.shop.platform.blobs.list(`runs/${run}/artifacts/`);
  return objects.map(({ key }) => key.slice(`runs/${run}/artifacts/`.length));
};

describe('signed URLs', () => {
  it('store a file and answer with it, whole or in ranges', async () => {
    await store('deep/a.txt', 'hello');

    const { url, headers, file_size } = (await presigned('deep/a.txt')).json;
    const asked = (await download({ path: 'deep/a.txt' })).json;
    const range = await followed(url, { headers: { range: 'bytes=1-3' } });

    expect([headers, file_size]).toEqual([{}, 5]);
    expect(asked).toMatchObject({ headers: {}, file_size: 5 });
    expect(await (await followed(asked.presigned_url)).text()).toBe('hello');
    expect([range.status, await range.text()]).toEqual([206, 'ell']);
    expect(range.headers.get('content-disposition')).toContain('attachment');
  });

  it('of what is not there are none', async () => {
    expect((await presigned('nowhere')).json.error_code).toBe('RESOURCE_DOES_NOT_EXIST');
    expect((await download({ path: 'nowhere' })).status).toBe(404);
    expect((await download({ path: 'deep' })).status).toBe(404);
  });

  it.each([
    [undefined, 900],
    [60, 60],
    ['120', 120],
    [3_600, 900],
    [604_800, 900],
  ])('that shall live %s seconds live %d', async (expiration, seconds) => {
    for (const { json } of [
      await upload({ path: 'a', expiration }),
      await download({ path: 'deep/a.txt', expiration }),
    ]) {
      const expires = Number(new URL(json.presigned_url).searchParams.get('expires'));
      expect(expires - api.shop.clock.now()).toBe(seconds * 1_000);
    }
  });

  it.each([0, -1, 604_801, 'soon', 1.5])('cannot live %s seconds', async (expiration) => {
    expect((await upload({ path: 'a', expiration })).status).toBe(400);
    expect((await download({ path: 'deep/a.txt', expiration })).status).toBe(400);
  });

  it('are of a run, and of one alone', async () => {
    const answers = [
      await upload({ run_id: '', path: 'a' }),
      await upload({ path: 'a', model_id: 'm-1' }),
      await upload({ run_id: undefined, path: 'a', model_id: 'm-1' }),
      await upload({ path: '' }),
      await download({ run_id: undefined, path: 'a' }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([400, 400, 404, 400, 400]);
  });

  it('to write are for writers, to read for members', async () => {
    const ask = async (who: string) => [
      (await upload({ path: 'a' }, who)).status,
      (await download({ path: 'deep/a.txt' }, who)).status,
      (await presigned('deep/a.txt', who)).status,
      (await remove('none', who)).status,
    ];

    expect(await ask('alice')).toEqual([200, 200, 200, 200]);
    expect(await ask('bob')).toEqual([403, 200, 200, 403]);
    expect(await ask('carol')).toEqual([404, 404, 404, 404]);
  });

  it('are told of by the server', async () => {
    const { json } = await api.send('/api/3.0/mlflow/server-info', {}, '');

    expect(json).toMatchObject({
      multipart_uploads_enabled: true,
      multipart_downloads_enabled: true,
      presigned_upload_run_id_supported: true,
      presigned_upload_model_id_supported: true,
    });
  });
});

describe('removal', () => {
  it('takes a file, a folder or all of a run, and nothing beside it', async () => {
    const other = await api.newRun();
    await api.shop.platform.blobs.put(`runs/${other}/artifacts/a.txt`, 'x');
    for (const path of ['a', 'a.txt', 'a/b', 'a/c/d', 'ab/c', 'z']) await store(path, path);

    expect((await remove('a.txt')).text).toBe('{}');
    expect(await stored()).toEqual(['a', 'a/b', 'a/c/d', 'ab/c', 'deep/a.txt', 'z']);
    await remove('a');
    expect(await stored()).toEqual(['ab/c', 'deep/a.txt', 'z']);
    await remove('deep/');
    expect(await stored()).toEqual(['ab/c', 'z']);
    await remove('');
    expect(await stored()).toEqual([]);
    expect(await api.shop.platform.blobs.head(`runs/${other}/artifacts/a.txt`)).toBeDefined();
  });
});

describe('a request that is too large', () => {
  it('is refused with what helps, where the API hears of it', async () => {
    Object.assign(api.shop.metered.settings, { maxBodyBytes: 1_000 });
    const file = `/api/2.0/mlflow-artifacts/artifacts/${place}/large`;
    const headers = { 'content-length': '1001' };
    const sized = await api.send(file, { method: 'PUT', body: 'x'.repeat(1_001), headers });
    const unsized = await api.send(file, { method: 'PUT', body: 'x'.repeat(1_001) });

    for (const { status, json } of [sized, unsized]) {
      expect(status).toBe(413);
      expect(json.message).toContain('MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE=4194304');
    }
  });
});

describe('a deleted experiment', () => {
  it('takes no files of its models and traces, those that it has stay', async () => {
    const { experiment_id } = (await api.post('/experiments/create', { name: 'to be deleted' }))
      .json;
    const made = (await api.post('/logged-models', { experiment_id })).json;
    const { model_id } = made.model.info;
    const trace_id = `tr-${'5'.repeat(32)}`;
    const trace_info = {
      trace_id,
      trace_location: { mlflow_experiment: { experiment_id } },
      request_time: '2026-01-02T03:04:05.678Z',
      state: 'OK',
    };
    const json = { 'content-type': 'application/json' };
    const body = JSON.stringify({ trace: { trace_info } });
    await api.send('/api/3.0/mlflow/traces', { method: 'POST', headers: json, body });
    const proxied = '/api/2.0/mlflow-artifacts/artifacts';
    const files = [
      `${experiment_id}/models/${model_id}`,
      `${experiment_id}/traces/${trace_id}`,
    ].map((place) => `${proxied}/${place}/artifacts/f.txt`);
    const send = (method: string) =>
      Promise.all(
        files.map(async (file) => {
          const content = method === 'PUT' ? { body: 'x' } : {};
          return (await api.send(file, { method, ...content })).status;
        }),
      );
    const uploadUrl = () => upload({ run_id: '', model_id, path: 'g.txt' });

    expect(await send('PUT')).toEqual([200, 200]);
    expect((await uploadUrl()).status).toBe(200);
    await api.post('/experiments/delete', { experiment_id });

    expect(await send('PUT')).toEqual([400, 400]);
    expect((await uploadUrl()).status).toBe(400);
    expect(await send('DELETE')).toEqual([400, 400]);
    expect(await send('GET')).toEqual([307, 307]);
  });
});
