import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSurface, type Surface } from './support.ts';

let api: Surface;
let run: string;
let base: string;
beforeAll(async () => {
  api = await openSurface({ baseUrl: 'http://blobs.test' });
  run = await api.newRun();
  base = `/api/2.0/mlflow-artifacts/artifacts/${api.shop.experimentId}/${run}/artifacts`;
});
afterAll(() => api.close());

const followed = (location: string | null, init: RequestInit) =>
  api.shop.platform.blobs.handleRequest(new Request(location ?? '', init));

const store = async (path: string, text: string): Promise<Response> => {
  const body = Buffer.from(text);
  const headers = { 'content-length': String(body.byteLength) };
  const { headers: answer, status } = await api.send(`${base}/${path}`, {
    method: 'PUT',
    body,
    headers,
  });
  expect(status).toBe(307);
  return followed(answer.get('location'), { method: 'PUT', body, headers });
};

const list = async (path: string) =>
  (await api.send(`/api/2.0/mlflow-artifacts/artifacts?path=${encodeURIComponent(path)}`)).json;

describe('files of a run', () => {
  it('are stored, listed and fetched by redirects to their bytes', async () => {
    expect((await store('folder/a.txt', 'hello')).status).toBe(200);
    expect((await store('50%25 done.txt', 'x')).status).toBe(200);
    const root = `${api.shop.experimentId}/${run}/artifacts`;
    const moved = await api.send(`${base}/folder/a.txt`);
    const fetched = await followed(moved.headers.get('location'), {});

    expect(moved.status).toBe(307);
    expect(await fetched.text()).toBe('hello');
    expect(fetched.headers.get('content-disposition')).toContain('attachment');
    expect(await list(root)).toEqual({
      files: [
        { path: '50% done.txt', is_dir: false, file_size: 1 },
        { path: 'folder', is_dir: true },
      ],
    });
    expect(await list(`${root}/folder`)).toEqual({
      files: [{ path: 'a.txt', is_dir: false, file_size: 5 }],
    });
    expect(await list(`${root}/folder/a.txt`)).toEqual({});
    expect((await api.get(`/artifacts/list?run_id=${run}&path=folder`)).json).toEqual({
      root_uri: `mlflow-artifacts:/${root}`,
      files: [{ path: 'folder/a.txt', is_dir: false, file_size: 5 }],
    });
  });

  it('may be empty or come without a length', async () => {
    const empty = await api.send(`${base}/empty`, { method: 'PUT' });
    const chunks = new ReadableStream({
      start(controller) {
        controller.enqueue(Buffer.from('ab'));
        controller.enqueue(Buffer.from('c'));
        controller.close();
      },
    });
    const init: RequestInit & { duplex: 'half' } = { method: 'PUT', body: chunks, duplex: 'half' };
    const unsized = await api.send(`${base}/unsized`, init);

    expect([empty.status, empty.text, unsized.status]).toEqual([200, '{}', 200]);
    const { files } = await list(`${api.shop.experimentId}/${run}/artifacts`);
    expect(files).toContainEqual({ path: 'empty', is_dir: false, file_size: 0 });
    expect(files).toContainEqual({ path: 'unsized', is_dir: false, file_size: 3 });
  });

  it('are signed in one round trip and without a call of the store', async () => {
    // So that who calls is known, and only the run is looked up.
    await api.send(`${base}/folder/a.txt`);
    api.shop.platform.cache.delete(`run:${run}`);
    api.shop.meter.reset();
    await api.send(`${base}/folder/a.txt`);

    expect(api.shop.meter.snapshot()).toMatchObject({
      blobCalls: 0,
      sequentialRoundTrips: 1,
      readUnits: 1,
      writeUnits: 0,
    });
  });

  it('take only the length that was announced', async () => {
    const headers = { 'content-length': '3' };
    const { headers: answer } = await api.send(`${base}/bound`, {
      method: 'PUT',
      body: 'abc',
      headers,
    });
    const longer = { method: 'PUT', body: 'abcd', headers: { 'content-length': '4' } };

    expect((await followed(answer.get('location'), longer)).status).toBeGreaterThanOrEqual(400);
    expect(
      (await followed(answer.get('location'), { method: 'DELETE' })).status,
    ).toBeGreaterThanOrEqual(400);
  });
});

describe('files in parts', () => {
  const mpu = (
    step: string,
    folder: string,
    body: { readonly [name: string]: unknown },
    as?: string,
  ) =>
    api.send(
      `/api/2.0/mlflow-artifacts/mpu/${step}/${api.shop.experimentId}/${run}/artifacts/${folder}`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      },
      as,
    );
  const path = '/home/me/big.bin';

  it('are there when they are complete, under the name alone', async () => {
    const first = Buffer.alloc(5 * 1024 * 1024, 'a');
    const created = await mpu('create', 'sub', { path, num_parts: 2 });
    const { upload_id, credentials } = created.json;
    const parts = await Promise.all(
      [first, Buffer.from('end')].map(async (body, at) => {
        const { url, part_number } = credentials[at];
        const headers = { ...credentials[at].headers, 'content-length': String(body.byteLength) };
        const answer = await followed(url, { method: 'PUT', body, headers });
        return { part_number, etag: answer.headers.get('etag'), url };
      }),
    );
    const wrong = parts.map((part) => ({ ...part, etag: '"0"' }));

    expect((await mpu('complete', 'sub', { path, upload_id, parts: wrong })).status).toBe(400);
    expect(await list(`${api.shop.experimentId}/${run}/artifacts/sub`)).toEqual({});
    expect(
      (await mpu('complete', 'sub', { path, upload_id, parts: parts.toReversed() })).text,
    ).toBe('{}');
    expect(await list(`${api.shop.experimentId}/${run}/artifacts/sub`)).toEqual({
      files: [{ path: 'big.bin', is_dir: false, file_size: first.byteLength + 3 }],
    });
  });

  it('can be given up, and are for writers of the run alone', async () => {
    const { upload_id, credentials } = (await mpu('create', 'gone', { path, num_parts: 1 })).json;
    const parts = [{ part_number: 1, etag: '"x"' }];

    for (const [who, status] of [
      ['bob', 403],
      ['carol', 404],
    ] as const) {
      expect((await mpu('create', 'gone', { path, num_parts: 1 }, who)).status).toBe(status);
      expect((await mpu('complete', 'gone', { path, upload_id, parts }, who)).status).toBe(status);
      expect((await mpu('abort', 'gone', { path, upload_id }, who)).status).toBe(status);
    }
    expect((await mpu('abort', 'gone', { path, upload_id })).text).toBe('{}');
    const late = { method: 'PUT', body: 'x', headers: { 'content-length': '1' } };
    expect((await followed(credentials[0].url, late)).status).toBe(404);
  });

  it.each([
    ['no part', 'a', { path, num_parts: 0 }],
    ['too many parts', 'a', { path, num_parts: 2_001 }],
    ['a name that climbs', 'a', { path: '/home/..', num_parts: 1 }],
    ['a folder that climbs', 'a%2f..', { path, num_parts: 1 }],
    ['no name', 'a', { path: '/home/', num_parts: 1 }],
  ])('are refused with %s', async (_what, folder, body) => {
    expect((await mpu('create', folder, body)).status).toBe(400);
  });
});

describe('paths', () => {
  const bad = [
    '..%2fx',
    'a%2f..%2f..%2fx',
    '%252e%252e%252fx',
    'a%5c..%5cb',
    '%2fetc%2fpasswd',
    'a%00b',
    'C:%5cx',
  ];

  it.each(bad)('such as %s are refused to write and to read', async (path) => {
    for (const method of ['GET', 'PUT']) {
      const answer = await api.send(`${base}/${path}`, { method });
      expect([answer.status, answer.json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    }
    expect((await api.get(`/artifacts/list?run_id=${run}&path=${path}`)).status).toBe(400);
  });

  it.each(['%2e%2e/x', '../x', '../../../../x'])('such as %s never leave the run', async (path) => {
    const answer = await api.send(`${base}/${path}`);
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });

  it('outside of runs lead nowhere', async () => {
    const at = (path: string) => api.send(`/api/2.0/mlflow-artifacts/artifacts/${path}`);
    const other = api.shop.experimentId + 1;

    expect((await at(`${other}/${run}/artifacts/folder/a.txt`)).status).toBe(404);
    expect((await at(`${api.shop.experimentId}/${'0'.repeat(32)}/artifacts/a`)).status).toBe(404);
    expect((await at(`${api.shop.experimentId}/${run}/other/a`)).status).toBe(404);
    expect((await at('x')).status).toBe(404);
    expect((await api.send('/api/2.0/mlflow-artifacts/artifacts?path=../..')).status).toBe(400);
  });

  it('of another group are as if there were none', async () => {
    for (const method of ['GET', 'PUT']) {
      const hidden = await api.send(`${base}/folder/a.txt`, { method }, 'carol');
      expect(hidden.status).toBe(404);
      expect(hidden.json.message).toBe(`Run with id=${run} not found`);
    }
    expect((await api.send(`${base}/new`, { method: 'PUT' }, 'bob')).status).toBe(403);
    expect((await api.send(`${base}/folder/a.txt`, {}, 'bob')).status).toBe(307);
  });
});
