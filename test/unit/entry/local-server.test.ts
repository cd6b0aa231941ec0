import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedPlatform, embeddedPlatform } from '#embedded/context.ts';
import { type AccessLine, type LocalServer, startLocalServer } from '#entry/local-server.ts';

let folder = '';
let platform: EmbeddedPlatform;
let server: LocalServer;
let url = '';
const lines: AccessLine[] = [];
const logged: string[] = [];

beforeEach(async () => {
  lines.length = 0;
  logged.length = 0;
  folder = mkdtempSync(join(tmpdir(), 'assay-server-'));
  const log = (event: string, fields?: object) => void logged.push(JSON.stringify([event, fields]));
  platform = embeddedPlatform({
    folder,
    inMemory: true,
    baseUrl: () => url,
    secret: 'a secret that signs URLs',
    settings: { registration: 'open', pools: [], passwordLogN: 10, version: '9.9.9' },
    log: { info: log, error: log },
  });
  server = await startLocalServer({
    platform,
    port: 0,
    extraRoutes: new Map([
      ['POST /__extra', () => new Response('extra')],
      [
        'GET /__broken',
        () => {
          throw new Error('an inner secret');
        },
      ],
    ]),
    onRequest: (line) => lines.push(line),
  });
  url = server.url;
});
afterEach(async () => {
  await server.close();
  platform.close();
  rmSync(folder, { recursive: true, force: true });
});

const textOf = async (path: string, init?: RequestInit): Promise<readonly [number, string]> => {
  const response = await fetch(`${url}${path}`, init);
  return [response.status, await response.text()];
};

describe('the local server', () => {
  it('serves the API, and what was added to it by method and path', async () => {
    expect(await textOf('/health')).toEqual([200, '{"status":"healthy","version":"9.9.9"}']);
    expect(await textOf('/__extra', { method: 'POST' })).toEqual([200, 'extra']);
    expect((await textOf('/__extra'))[0]).toBe(404);
    expect((await textOf('/api/v1/queues'))[0]).toBe(401);
    expect((await textOf('/nothing'))[0]).toBe(404);
  });

  it('serves signed URLs of the blobs, both ways', async () => {
    const body = 'x'.repeat(200_000);
    const put = await platform.blobs.signPut('a/b', { expiresIn: 60, length: body.length });
    const sent = await fetch(put.url, { method: 'PUT', headers: put.headers, body });
    const get = await platform.blobs.signGet('a/b', { expiresIn: 60, filename: 'b.txt' });
    const received = await fetch(get);

    expect(put.url.startsWith(`${url}/_blobs/`)).toBe(true);
    expect(sent.status).toBe(200);
    expect(await received.text()).toBe(body);
    expect((await fetch(`${get}0`)).status).toBe(403);
  });

  it('writes one line for each request, in which no secret is', async () => {
    const account = {
      username: 'anna',
      email: 'a@b.c',
      password: 'my password',
      confirmPassword: 'my password',
    };
    await textOf('/api/v1/users', { method: 'POST', body: JSON.stringify(account) });
    const login = await fetch(`${url}/api/v1/auth/login`, {
      method: 'POST',
      body: JSON.stringify({ username: 'anna', password: 'my password' }),
    });
    const token = login.headers.getSetCookie()[0]?.split(/[=;]/)[1] ?? '';
    const get = await platform.blobs.signGet('a', { expiresIn: 60, filename: 'a' });
    await textOf(`/api/v1/queues?token=${token}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await textOf('/api/v1/queues', {
      headers: { authorization: 'Basic YW5uYTpteSBwYXNzd29yZA==' },
    });
    await textOf(get.slice(url.length));

    const ids = lines.filter(({ path }) => path.startsWith('/api/')).map((each) => each.requestId);
    expect(ids).toContain(login.headers.get('x-request-id'));
    expect(new Set(ids).size).toBe(ids.length);
    expect(lines.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
      'POST /api/v1/users 200',
      'POST /api/v1/auth/login 200',
      'GET /api/v1/queues 200',
      'GET /api/v1/queues 200',
      'GET /_blobs/a 404',
    ]);
    const everything = JSON.stringify(lines) + logged.join();
    for (const secret of [token, 'my password', new URL(get).search.slice(1)]) {
      expect(secret.length).toBeGreaterThan(5);
      expect(everything).not.toContain(secret);
    }
  });

  it('tells the log, not the caller, what went wrong', async () => {
    const [status, text] = await textOf('/__broken');

    expect([status, text]).toEqual([500, '{"message":"An unexpected error occurred."}']);
    expect(logged.join()).toContain('an inner secret');
  });
});
