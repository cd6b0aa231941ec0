import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalServer, startLocalServer } from '#entry/local-server.ts';
import { type TestApp, type TestUser, testApp } from '../support/app.ts';
import { sendRaw } from '../support/raw-http.ts';

const MIB = 1024 * 1024;
const ENDLESS_BYTES = 64 * MIB;

let app: TestApp;
let user: TestUser;

beforeAll(async () => {
  app = testApp();
  user = await app.newUser();
});
afterAll(() => app.close());

/** A body that says nothing about its length, and how much of it was read. */
function endlessBody() {
  let read = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (read >= ENDLESS_BYTES) return controller.close();
      read += 64 * 1024;
      controller.enqueue(new Uint8Array(64 * 1024).fill(0x20));
    },
  });
  return { body, bytesRead: () => read };
}

describe('a body without a length', () => {
  it.each([
    ['POST', '/api/v1/auth/login', 413, 1],
    ['POST', '/api/v1/users', 413, 1],
    ['POST', '/api/v1/queues', 413, 7],
    ['POST', '/api/2.0/mlflow/experiments/create', 413, 7],
    ['POST', '/api/2.0/mlflow/runs/log-batch', 400, 2],
  ])('%s %s is read no further than its limit', async (method, path, status, mostMib) => {
    const { body, bytesRead } = endlessBody();
    const headers = { cookie: user.cookie, 'content-type': 'application/json' };

    const answer = await app.fetch(path, { method, headers, body, duplex: 'half' } as RequestInit);

    expect(answer.status).toBe(status);
    expect(bytesRead()).toBeLessThanOrEqual(mostMib * MIB);
  });

  it('is not read at all where nobody is signed in', async () => {
    const { body, bytesRead } = endlessBody();

    const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
    const answer = await app.fetch('/api/v1/queues', init);

    expect(answer.status).toBe(401);
    expect(bytesRead()).toBeLessThanOrEqual(MIB);
  });
});

describe('an answer to a body that is wrong all over', () => {
  const wrong = (count: number): string =>
    JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, at])));

  it.each([
    ['many unknown fields', wrong(50_000)],
    ['a long unknown field', `{"${'k'.repeat(1_000_000)}":1}`],
    ['many wrong members', JSON.stringify({ ids: Array.from({ length: 50_000 }, () => 'x') })],
  ])('is no longer than people read: %s', async (_, body) => {
    const worker = app.bearer(await app.newWorkerToken());

    const answers = [
      await user.post('/api/v1/queues', body),
      await user.put('/api/v1/entrypoints/1/queues', body),
      await worker.post('/api/worker/v1/claim', body),
    ];

    for (const { status, text } of answers) {
      expect(status).toBe(400);
      expect(text.length).toBeLessThan(20_000);
    }
  });
});

describe('answers to people who are signed in', () => {
  it.each([
    ['/api/v1/users/current', 200],
    ['/api/v1/queues', 200],
    ['/api/v1/queues/999999', 404],
    ['/api/2.0/mlflow/runs/get?run_id=none', 404],
    ['/ajax-api/2.0/mlflow/experiments/get?experiment_id=999999', 404],
    ['/api/2.0/mlflow-artifacts/artifacts/1/none/artifacts/x', 404],
  ])('are kept by no cache: %s', async (path, status) => {
    const answer = await user.get(path);

    expect(answer.status).toBe(status);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });
});

describe('the server on this machine', () => {
  let server: LocalServer;
  beforeAll(async () => {
    server = await startLocalServer({ platform: app.platform, port: 0 });
  });
  afterAll(() => server.close());

  const asked = (host: string, path = '/health') =>
    sendRaw(server.url + path, { headers: { host } });

  // A page whose name leads here by a trick of DNS sends its own name, and is of its own origin.
  it.each([
    'evil.test',
    'evil.test:8787',
    '127.0.0.1.evil.test',
    'localhost.evil.test',
    'evil-localhost',
    '169.254.169.254',
    '0.0.0.0',
  ])('answers nothing under the foreign name %s', async (host) => {
    for (const path of ['/health', '/api/v1/openapi.json', '/_blobs/x']) {
      expect((await asked(host, path)).status).toBe(421);
    }
  });

  it.each([
    'localhost',
    'LOCALHOST:1',
    '127.0.0.1:8787',
    '127.8.8.8',
    '[::1]:80',
    'assay.localhost',
  ])('answers under its own name %s', async (host) => {
    expect((await asked(host)).status).toBe(200);
  });
});
