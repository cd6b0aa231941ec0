import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { directoryBundleKey } from '#domain/tracking/index.ts';
import { must, newJob, newRun, newScene, type Scene } from '../../security/scene.ts';
import { type TestApp, testApp } from '../../support/app.ts';
import { asRecord, untar, unzip } from '../../unit/domain/archives/unpacked.ts';

let app: TestApp;
let scene: Scene;
let run: string;
let id: number;

const put = (path: string, text: string) =>
  app.platform.blobs.put(`runs/${run}/artifacts/model/${path}`, text);

beforeAll(async () => {
  app = testApp();
  scene = await newScene(app);
});
afterAll(() => app.close());

/** An artifact that is the folder `model` of a new run. */
async function newDirectory(files: { readonly [path: string]: string }): Promise<void> {
  const { user, group, experiment } = scene;
  run = await newRun(app, scene);
  for (const [path, text] of Object.entries(files)) await put(path, text);
  const job = await newJob(scene);
  await must(user, 'POST', `/api/v1/jobs/${job}/mlflowRun`, { mlflowRunId: run });
  const artifactUri = `mlflow-artifacts:/${experiment}/${run}/artifacts/model`;
  const body = { group, job, artifactUri, description: '' };
  ({ id } = await must(user, 'POST', '/api/v1/artifacts', body));
}

const ask = (query: string) => scene.user.get(`/api/v1/artifacts/${id}/contents?${query}`);

async function fetched(query: string): Promise<{ name: string; bytes: Uint8Array }> {
  const { status, headers } = await ask(query);
  expect(status).toBe(302);
  const url = headers.get('location') ?? '';
  const answer = await app.platform.blobs.handleRequest(new Request(url));
  expect(answer.status).toBe(200);
  const name = /filename\*=UTF-8''(.+)$/.exec(answer.headers.get('content-disposition') ?? '')?.[1];
  return { name: name ?? '', bytes: new Uint8Array(await answer.arrayBuffer()) };
}

describe('a directory', () => {
  beforeAll(() => newDirectory({ 'a.txt': 'a', 'in/b.txt': 'b', 'in/deep/c.txt': 'c' }));

  it.each(['', 'fileType=tar_gz'])('comes as tar.gz with its name on top: %j', async (query) => {
    const { name, bytes } = await fetched(query);

    expect(name).toBe('model.tar.gz');
    expect(asRecord(await untar(bytes))).toEqual({
      'model/a.txt': 'a',
      'model/in/b.txt': 'b',
      'model/in/deep/c.txt': 'c',
    });
  });

  it('comes as zip, and so do its folders', async () => {
    const whole = await fetched('fileType=zip');
    const folder = await fetched('fileType=zip&path=in');

    expect(Object.keys(asRecord(unzip(whole.bytes)))).toHaveLength(3);
    expect(folder.name).toBe('in.zip');
    expect(asRecord(unzip(folder.bytes))).toEqual({ 'in/b.txt': 'b', 'in/deep/c.txt': 'c' });
  });

  it('comes as the worker packed it, where it did', async () => {
    await app.platform.blobs.put(directoryBundleKey(run, 'model'), 'by the worker');

    const whole = await fetched('');
    const folder = await fetched('path=in');
    const zip = await fetched('fileType=zip');

    expect(whole.name).toBe('model.tar.gz');
    expect(Buffer.from(whole.bytes).toString()).toBe('by the worker');
    expect(asRecord(await untar(folder.bytes))).toEqual({ 'in/b.txt': 'b', 'in/deep/c.txt': 'c' });
    expect(unzip(zip.bytes)).toHaveLength(3);
  });

  it('that lost a file is packed anew', async () => {
    const file = `/api/2.0/mlflow-artifacts/artifacts/${scene.experiment}/${run}/artifacts/model/a.txt`;
    await must(scene.user, 'DELETE', file);

    const members = await untar((await fetched('')).bytes);

    expect(Object.keys(asRecord(members))).toEqual(['model/in/b.txt', 'model/in/deep/c.txt']);
  });
});

describe('folders that hold the same files', () => {
  it('are archives of their own', async () => {
    await newDirectory({ 'in/b.txt': 'b' });

    const whole = await untar((await fetched('')).bytes);
    const inner = await untar((await fetched('path=in')).bytes);

    expect([Object.keys(asRecord(whole)), Object.keys(asRecord(inner))]).toEqual([
      ['model/in/b.txt'],
      ['in/b.txt'],
    ]);
  });
});

describe('a directory that takes longer than an answer may', () => {
  it('is said to be in the making until it is there', async () => {
    await newDirectory({ 'a.txt': 'a' });
    const { blobs } = app.platform;
    const { list } = blobs;
    // The listing alone says how large it is.
    blobs.list = async (...asked) => {
      const page = await list(...asked);
      return { ...page, objects: page.objects.map((each) => ({ ...each, size: 2 ** 31 })) };
    };
    const made = await ask('');
    blobs.list = list;

    expect(made.status).toBe(503);
    expect(made.headers.get('retry-after')).toBe('5');
    expect(made.body).toMatchObject({
      error: 'ServiceUnavailableError',
      message: expect.stringContaining('is being made; ask for it again'),
    });
  });
});
