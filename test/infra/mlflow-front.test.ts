import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NodeServer, serveHttp } from '../../functions/entry/node-server.ts';
import { startFront } from '../../infra/mlflow-ui/front.ts';

let folder: string;
let server: NodeServer;
let front: NodeServer;
const seen: { readonly path: string; readonly headers: Headers; readonly body: string }[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-front-'));
  await mkdir(join(folder, 'build'));
  await writeFile(join(folder, 'build', 'index.html'), '<p>the UI</p>');
  await writeFile(join(folder, 'build', 'main.js'), 'go()');
  await writeFile(join(folder, 'secret.txt'), 'not for you');
  server = await serveHttp({
    port: 0,
    fetch: async (asked) => {
      const { pathname, search } = new URL(asked.url);
      seen.push({ path: pathname + search, headers: asked.headers, body: await asked.text() });
      return Response.json({ ok: true }, { headers: { 'set-cookie': 'session=1' } });
    },
  });
  front = await startFront({
    build: join(folder, 'build'),
    server: server.url,
    authorization: 'Bearer asy_1',
    port: 0,
  });
});
afterAll(async () => {
  await front.close();
  await server.close();
  await rm(folder, { recursive: true });
});

/** As written, since `fetch` makes paths shorter and sets headers of its own. */
const raw = (path: string, headers: { readonly [name: string]: string } = {}) =>
  new Promise<number>((resolve, reject) => {
    const { hostname, port } = new URL(front.url);
    const asked = request({ hostname, port, path, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('error', reject).end();
  });

describe("the front of MLflow's web UI", () => {
  it('serves its files', async () => {
    const page = await fetch(`${front.url}/`);
    const script = await fetch(`${front.url}/static-files/main.js`);

    expect([page.headers.get('content-type'), await page.text()]).toEqual([
      'text/html',
      '<p>the UI</p>',
    ]);
    expect([script.headers.get('content-type'), await script.text()]).toEqual([
      'text/javascript',
      'go()',
    ]);
  });

  it.each([
    '/static-files/../secret.txt',
    '/static-files/%2e%2e/secret.txt',
    '/static-files/..%2fsecret.txt',
    '/static-files/%',
    '/static-files/none.js',
  ])('has nothing at %s', async (path) => {
    seen.length = 0;
    // What a parser makes shorter is asked of the server, which has no such address.
    const status = await raw(path);
    expect(status === 404 || seen.length === 1).toBe(true);
  });

  it('passes calls on, signed in, as a program and not as a page', async () => {
    seen.length = 0;
    const answer = await fetch(`${front.url}/ajax-api/2.0/mlflow/runs/search?a=b`, {
      method: 'POST',
      headers: { origin: front.url, cookie: 'other=1', 'content-type': 'application/json' },
      body: '{"x":1}',
    });

    expect(await answer.json()).toEqual({ ok: true });
    expect(answer.headers.get('set-cookie')).toBe(null);
    expect(seen).toHaveLength(1);
    const { path = '', headers = new Headers(), body = '' } = seen[0] ?? {};
    expect([path, body]).toEqual(['/ajax-api/2.0/mlflow/runs/search?a=b', '{"x":1}']);
    expect(headers.get('authorization')).toBe('Bearer asy_1');
    expect([headers.get('origin'), headers.get('cookie')]).toEqual([null, null]);
  });

  it.each([
    { origin: 'https://elsewhere.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { host: 'rebound.example:5000' },
  ] as readonly { readonly [name: string]: string }[])(
    'passes nothing on of another page: %o',
    async (headers) => {
      seen.length = 0;

      expect(await raw('/ajax-api/2.0/mlflow/experiments/search', headers)).toBe(403);
      expect(seen).toEqual([]);
    },
  );

  it('says where nobody answers', async () => {
    const alone = await startFront({
      build: folder,
      server: 'http://127.0.0.1:9',
      authorization: '',
      port: 0,
    });
    const answer = await fetch(`${alone.url}/ajax-api/2.0/mlflow/experiments/search`);
    await alone.close();

    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ message: 'http://127.0.0.1:9 cannot be reached.' });
  });
});
