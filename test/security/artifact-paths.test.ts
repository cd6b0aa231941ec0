import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Answer,
  type Client,
  type Json,
  ORIGIN,
  type TestApp,
  testApp,
} from '../support/app.ts';
import { claim, must, newJob, newRun, newScene, type Scene } from './scene.ts';

const SHA256 = Buffer.alloc(32).toString('base64');
const MIB = 1024 * 1024;

let app: TestApp;
let scene: Scene;
let worker: Client;
let run: string;
let directory: Json;
let claimed: Json;
let stored: string;

const everything = async () => JSON.stringify(await app.platform.blobs.list(''));

beforeAll(async () => {
  app = testApp();
  scene = await newScene(app);
  const { user, group, experiment } = scene;
  run = await newRun(app, scene);
  await app.platform.blobs.put(`runs/${run}/artifacts/folder/a.txt`, 'a');
  await app.platform.blobs.put(`runs/${run}/artifacts/page.html`, '<script>alert(1)</script>');
  await app.platform.blobs.put(
    `runs/${run}/artifacts/folder/image.svg`,
    '<svg onload="alert(1)"/>',
  );
  const job = await newJob(scene);
  await must(user, 'POST', `/api/v1/jobs/${job}/mlflowRun`, { mlflowRunId: run });
  const register = (path: string) =>
    must(user, 'POST', '/api/v1/artifacts', {
      group,
      job,
      artifactUri: `mlflow-artifacts:/${experiment}/${run}/artifacts/${path}`,
      description: '',
    });
  directory = await register('folder');
  worker = app.bearer(await app.newWorkerToken());
  claimed = await claim(app, { jobId: await newJob(scene), attempt: 1 });
  stored = await everything();
});
afterAll(() => app.close());

/** What may come as a path; the last is longer than any key. */
const HOSTILE = [
  '..',
  '../x',
  '../../etc/passwd',
  'a/../x',
  'a/../../x',
  './x',
  'a/./x',
  '/etc/passwd',
  '//etc/passwd',
  'a//x',
  '..\\x',
  '\\..\\..\\x',
  'a\\b',
  'C:\\x',
  'C:/x',
  '\\\\host\\share',
  'a;/../x',
  '%2e%2e/x',
  '%2e%2e%2fx',
  '%252e%252e%252fx',
  '%25252e%25252e%25252fx',
  '..%2fx',
  '..%5cx',
  'a\0b',
  'a\nb',
  'a\u007fb',
  'a\u0085b',
  'file:///etc/passwd',
  'http://169.254.169.254/latest',
  'x'.repeat(5_000),
] as const;

/** With its slashes encoded too, so that nothing on the way makes another path of it. */
const inAddress = encodeURIComponent;

const query = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const proxy = '/api/2.0/mlflow-artifacts';
const base = () => `${scene.experiment}/${run}/artifacts`;
const parts = [{ part_number: 1, etag: '"x"' }];
const workerCall = (step: string, body: object) =>
  worker.post(`/api/worker/v1/jobs/${claimed.jobId}/uploads${step}`, {
    attempt: claimed.attempt,
    lease: claimed.lease,
    ...body,
  });
const workerPart = { uploadId: 'u', size: 20 * MIB };

type Attempt = (path: string) => Promise<Answer>;

/** Every way to name a file or a folder below the artifacts of a run in an address or a query. */
const byAddress: { readonly [name: string]: Attempt } = {
  'contents of an artifact': (path) =>
    scene.user.get(`/api/v1/artifacts/${directory.id}/contents?${query({ path })}`),
  'contents of a version': (path) =>
    scene.user.get(
      `/api/v1/artifacts/${directory.id}/snapshots/${directory.snapshot}/contents?${query({ path })}`,
    ),
  'the list of a run': (path) =>
    scene.user.get(`/api/2.0/mlflow/artifacts/list?${query({ run_id: run, path })}`),
  'the list of the proxy': (path) =>
    scene.user.get(`${proxy}/artifacts?${query({ path: `${base()}/${path}` })}`),
  'a download': (path) => scene.user.get(`${proxy}/artifacts/${base()}/${inAddress(path)}`),
  'an upload': (path) =>
    scene.user.call('PUT', `${proxy}/artifacts/${base()}/${inAddress(path)}`, 'x', {
      'content-length': '1',
    }),
  'an upload without a length': (path) =>
    scene.user.call('PUT', `${proxy}/artifacts/${base()}/${inAddress(path)}`, 'x'),
  'a removal': (path) => scene.user.delete(`${proxy}/artifacts/${base()}/${inAddress(path)}`),
  'a signed download': (path) => scene.user.get(`${proxy}/presigned/${base()}/${inAddress(path)}`),
  'the begin of parts': (path) =>
    scene.user.post(`${proxy}/mpu/create/${base()}/${inAddress(path)}`, {
      path: 'x',
      num_parts: 1,
    }),
  'the end of parts': (path) =>
    scene.user.post(`${proxy}/mpu/complete/${base()}/${inAddress(path)}`, {
      path: 'x',
      upload_id: 'u',
      parts,
    }),
  'the abort of parts': (path) =>
    scene.user.post(`${proxy}/mpu/abort/${base()}/${inAddress(path)}`, {
      path: 'x',
      upload_id: 'u',
    }),
};

/** The same in JSON, which can carry what no address can. */
const byBody: { readonly [name: string]: Attempt } = {
  'a signed upload': (path) =>
    scene.user.post('/api/2.0/mlflow/artifacts/presigned-upload-url', { run_id: run, path }),
  'a signed download by run': (path) =>
    scene.user.post('/api/2.0/mlflow/artifacts/presigned-download-url', { run_id: run, path }),
  'an upload of a worker': (path) => workerCall('', { files: [{ path, size: 1 }] }),
  'a bundle of a worker': (path) => workerCall('', { files: [{ path, size: 1, bundle: true }] }),
  'an upload in parts of a worker': (path) =>
    workerCall('', { files: [{ path, size: 20 * MIB, parts: [SHA256, SHA256] }] }),
  'further parts of a worker': (path) =>
    workerCall('/parts', { ...workerPart, path, first: 1, sha256: [SHA256] }),
  'the end of parts of a worker': (path) =>
    workerCall('/complete', {
      uploadId: 'u',
      path,
      parts: [{ partNumber: 1, etag: 'x', sha256: SHA256 }],
    }),
  'the abort of parts of a worker': (path) => workerCall('/abort', { uploadId: 'u', path }),
  'the check of a worker': (path) => workerCall('/check', { path, size: 1, sha256: SHA256 }),
};

/** Refused, with nothing stored and no URL given away. */
async function expectRefused(what: string, answer: Answer): Promise<void> {
  expect([what, answer.status]).toEqual([what, expect.toSatisfy((s) => s >= 400 && s < 500)]);
  expect(answer.headers.get('location')).toBeNull();
  expect(answer.text).not.toContain('_blobs');
  expect(answer.headers.get('content-type') ?? '').not.toContain('html');
  expect(answer.text.length).toBeLessThan(20_000);
}

describe('a hostile path', () => {
  it.each(Object.entries(byAddress))('is refused by %s', async (_name, attempt) => {
    for (const path of HOSTILE) await expectRefused(path, await attempt(path));
    expect(await everything()).toBe(stored);
  });

  it.each(Object.entries(byBody))('is refused by %s', async (_name, attempt) => {
    for (const path of [...HOSTILE, '', '\ud800', 'a\udfffb']) {
      await expectRefused(path, await attempt(path));
    }
    expect(await everything()).toBe(stored);
  });

  it('is refused as the name of a file in parts', async () => {
    for (const name of [
      '..',
      '/home/..',
      '.',
      'a/',
      'a\\',
      'a\0b',
      'a\nb',
      '\ud800',
      '%2e%2e',
      '',
    ]) {
      const body = { path: name, num_parts: 1 };
      const answer = await scene.user.post(`${proxy}/mpu/create/${base()}/sub`, body);
      await expectRefused(name, answer);
    }
  });

  it('would not be refused if it were none', async () => {
    const good = await Promise.all(
      [
        'contents of an artifact',
        'the list of a run',
        'a download',
        'an upload',
        'the begin of parts',
      ].map((name) => byAddress[name]?.('a.txt')),
    );

    expect(good.map((answer) => answer?.status)).toEqual([302, 200, 307, 307, 200]);
    expect((await byBody['a signed upload']?.('a.txt'))?.status).toBe(200);
    expect((await byBody['an upload of a worker']?.('a.txt'))?.status).toBe(200);
  });
});

describe('what a browser would run', () => {
  it.each([
    ['a page of a run', () => `${proxy}/artifacts/${base()}/page.html`],
    ['an image of a run', () => `${proxy}/artifacts/${base()}/folder/image.svg`],
    ['an image in a directory', () => `/api/v1/artifacts/${directory.id}/contents?path=image.svg`],
    ['a directory', () => `/api/v1/artifacts/${directory.id}/contents?fileType=zip`],
  ])('comes as a download: %s', async (_what, address) => {
    const { headers } = await scene.user.get(address());
    const url = headers.get('location') ?? '';
    const answer = await app.platform.blobs.handleRequest(new Request(url));

    expect(url.startsWith(ORIGIN)).toBe(true);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment;/);
    expect(answer.headers.get('content-type')).toMatch(/^application\/(octet-stream|zip)$/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-security-policy')).toBe('sandbox');
  });
});
