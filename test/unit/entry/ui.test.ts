/** The dashboard at /ui: what is served, to whom, and what never is. */
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '#entry/app.ts';
import { sourceFiles } from '#entry/docs/source-files.ts';
import { lambdaHandler } from '#entry/lambda-handler.ts';
import { looseFiles } from '#entry/pages/loose-files.ts';
import type { Pages } from '#entry/pages/pages.ts';
import { builtFiles, readBuild } from '#entry/ui/build-folder.ts';
import { storesOf } from '#entry/ui/stores.ts';
import { type TestApp, type TestUser, testApp } from '../../support/app.ts';
import { type Gateway, gatewayRunner } from '../../support/gateway/runner.ts';
import { SCRIPT, UI_FILES, type UiBuild, uiBuild } from '../../support/ui-build.ts';

const STORE = 'https://bucket.s3.eu-west-1.amazonaws.com';
const HTML = UI_FILES['index.html'] ?? '';
const NOT_FOUND = { message: 'The requested URL was not found.' };

let build: UiBuild;
let app: TestApp;
let pages: Pages;
let gateway: Gateway;
beforeAll(async () => {
  build = uiBuild();
  app = testApp({ registration: 'open', version: '1.2.3' });
  const contents = await readBuild(build.folder);
  pages = {
    docs: sourceFiles,
    ui: { files: async () => looseFiles(contents), stores: () => [STORE] },
  };
  gateway = await gatewayRunner(lambdaHandler(app.platform, pages));
});
afterAll(async () => {
  await gateway.stop();
  expect(app.errors).toEqual([]);
  await app.close();
  build.remove();
});

const ask = (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') =>
  fetch(gateway.url + path, { method, headers, redirect: 'manual' });

describe('the dashboard', () => {
  it.each([
    '/ui',
    '/ui/',
    '/ui/index.html',
    '/ui/1/jobs/18',
    '/ui/1/jobs/18/',
    '/ui/1/models/a.b.c?tab=files&q=%2F',
    '/ui/1/artifacts/a%2Fb%20c',
    '/ui/.built-from',
    '/ui/%00',
    '/ui/__proto__',
    '/ui/constructor',
    '/ui/assetsx/a.js',
    '/ui//assets/a.js',
    '/ui/..%5csecret.txt',
    '/ui/....//secret.txt',
    `/ui/${'a/'.repeat(500)}`,
  ])('is at %s, and asked for anew each time', async (path) => {
    const answer = await ask(path);

    expect([answer.status, await answer.text()]).toEqual([200, HTML]);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect(answer.headers.get('etag')).toMatch(/^"[\w-]{22}"$/);
  });

  it.each(['..%2fsecret.txt', '%2e%2e%2fsecret.txt', '..%2f..%2fsecret.txt', 'a%2f..%2f..%2fdocs'])(
    'has no way out of its folder: %s',
    async (path) => {
      const served = buildApp(app.platform, () => undefined, pages);
      const direct = await served.fetch(new Request(`http://assay.test/ui/${path}`));
      const throughGateway = await ask(`/ui/${path}`);

      expect(await direct.text()).toBe(HTML);
      expect(await throughGateway.text()).not.toContain('a secret');
    },
  );

  it('is not sent again to who has it', async () => {
    const etag = (await ask('/ui')).headers.get('etag') ?? '';
    const again = await ask('/ui/1/jobs', { 'if-none-match': etag });

    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it('may load nothing from elsewhere, and read artifacts only from where they lie', async () => {
    const { headers } = await ask('/ui/1/jobs/18');
    const policy = (headers.get('content-security-policy') ?? '').split('; ').sort();

    expect(policy).toEqual([
      "base-uri 'none'",
      `connect-src 'self' ${STORE}`,
      "default-src 'none'",
      "font-src 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      `img-src 'self' data: blob: ${STORE}`,
      "script-src 'self'",
      "style-src 'self'",
    ]);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('permissions-policy')).toBe('camera=(), geolocation=(), microphone=()');
  });

  it('is where browsers come to that ask for the root; programs get JSON as ever', async () => {
    const browser = await ask('/', { accept: 'text/html,*/*;q=0.8' });
    const program = await ask('/', { accept: '*/*' });

    expect([browser.status, browser.headers.get('location')]).toEqual([302, '/ui/']);
    expect(await program.json()).toMatchObject({ name: 'Assay', version: '1.2.3' });
    expect((await ask('/docs')).status).toBe(200);
  });

  it('is only read', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      expect([method, (await ask('/ui/1/jobs', {}, method)).status]).toEqual([method, 404]);
    }
    const head = await ask('/ui/1/jobs', {}, 'HEAD');
    expect([head.status, await head.text()]).toEqual([200, '']);
  });
});

describe('its files', () => {
  it.each(Object.keys(UI_FILES).filter((name) => name !== 'index.html'))(
    'come as they are, by exactly their names: %s',
    async (name) => {
      const answer = await ask(`/ui/${name}`);
      const isAsset = name.startsWith('assets/');

      expect([answer.status, await answer.text()]).toEqual([200, UI_FILES[name]]);
      expect(answer.headers.get('cache-control')).toBe(
        isAsset ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('content-type')).toMatch(/javascript|css|svg/);
    },
  );

  it('come compressed to who can read that', async () => {
    // By a request of ours: fetch unpacks what it gets.
    const served = buildApp(app.platform, () => undefined, pages);
    const headers = { 'accept-encoding': 'gzip' };
    const answer = await served.fetch(new Request(`http://assay.test/ui/${SCRIPT}`, { headers }));
    const bytes = Buffer.from(await answer.arrayBuffer());

    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect(answer.headers.get('vary')).toBe('accept-encoding');
    expect(gunzipSync(bytes).toString()).toBe(UI_FILES[SCRIPT]);
    expect(bytes.byteLength).toBeLessThan((UI_FILES[SCRIPT] ?? '').length / 10);
  });

  it.each([
    'assets',
    'assets/',
    'assets/index-00000000.js',
    `${SCRIPT}.gz`,
    `${SCRIPT}%00`,
    `${SCRIPT}/`,
    SCRIPT.replace('index', 'INDEX'),
    'assets//index-Bx3_9-aZ.js',
    'assets/..%2findex.html',
    'assets/..%2f..%2fsecret.txt',
    'assets/%2e%2e%2f%2e%2e%2fsecret.txt',
    'assets/..%5c..%5csecret.txt',
    'assets/%2fetc%2fpasswd',
    'assets/__proto__',
    'assets/constructor',
    'assets/%',
    'assets/%c0%ae%c0%ae/secret.txt',
    `assets/${'a/'.repeat(500)}x.js`,
  ])('are no other, nor the page in its place: %s', async (name) => {
    // Not by the gateway, which answers some of them itself.
    const served = buildApp(app.platform, () => undefined, pages);
    const answer = await served.fetch(new Request(`http://assay.test/ui/${name}`));

    expect([answer.status, await answer.json()]).toEqual([404, NOT_FOUND]);
  });
});

describe('who is signed in', () => {
  const nobody = {
    username: null,
    id: null,
    administrator: false,
    registration: 'open',
    version: '1.2.3',
  };
  let first: TestUser;
  let second: TestUser;
  beforeAll(async () => {
    first = await app.newUser('dana');
    second = await app.newUser('omar');
  });
  const session = async (headers: Readonly<Record<string, string>> = {}) => {
    const answer = await ask('/ui/session', headers);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    return answer.json();
  };

  it('is told to who shows a session: who administers the deployment, and who does not', async () => {
    expect(await session({ cookie: first.cookie })).toEqual({
      ...nobody,
      username: 'dana',
      id: first.id,
      administrator: true,
    });
    expect(await session({ cookie: second.cookie })).toEqual({
      ...nobody,
      username: 'omar',
      id: second.id,
    });
  });

  it('is nobody for everybody else, and never refused', async () => {
    const { token } = await first.newToken();
    const basic = Buffer.from(`dana:${first.password}`).toString('base64');

    expect(await session()).toEqual(nobody);
    expect(await session({ cookie: 'session=nonsense' })).toEqual(nobody);
    expect(await session({ cookie: `session=${'x'.repeat(4_000)}` })).toEqual(nobody);
    expect(await session({ authorization: `Bearer ${token}` })).toEqual(nobody);
    expect(await session({ authorization: `Basic ${basic}` })).toEqual(nobody);
    expect(await session({ authorization: 'nonsense' })).toEqual(nobody);
  });

  it('is nobody once the session has ended', async () => {
    const third = await app.newUser('lee');
    await app.client({ cookie: third.cookie }).post('/api/v1/auth/logout');

    expect(await session({ cookie: third.cookie })).toEqual(nobody);
  });

  it('tells how accounts are made', async () => {
    for (const registration of ['open', 'invite', 'closed'] as const) {
      const settings = { ...app.platform.settings, registration };
      const served = buildApp({ ...app.platform, settings }, () => undefined, pages);
      const answer = await served.fetch(new Request('http://assay.test/ui/session'));

      expect(await answer.json()).toEqual({ ...nobody, registration });
    }
  });
});

describe('where there is no build', () => {
  it('nothing is at /ui, and browsers come to the documents', async () => {
    const browser = await app.client({ accept: 'text/html' }).get('/');

    expect(browser.headers.get('location')).toBe('/docs');
    for (const path of ['/ui', '/ui/', '/ui/1/jobs', '/ui/session', `/ui/${SCRIPT}`]) {
      const { status, body } = await app.client().get(path);
      expect([path, status, body]).toEqual([path, 404, NOT_FOUND]);
    }
    expect(await builtFiles(`${build.folder}/assets`)).toBeUndefined();
    expect(await builtFiles(`${build.folder}/nowhere`)).toBeUndefined();
  });

  it('an API whose dashboard another function answers with still says who is signed in', async () => {
    const served = buildApp(app.platform, () => undefined, { docs: sourceFiles, ui: {} });
    const at = (path: string, headers = {}) =>
      served.fetch(new Request(`http://assay.test${path}`, { headers }));

    expect((await at('/', { accept: 'text/html' })).headers.get('location')).toBe('/ui/');
    expect((await at('/ui/session')).status).toBe(200);
    expect((await at('/ui/1/jobs')).status).toBe(404);
  });
});

describe('where artifacts lie', () => {
  it.each([
    [{ STORE_URL: STORE }, STORE],
    [{ STORE_URL: STORE, AWS_ENDPOINT_URL: 'http://127.0.0.1:4566/' }, 'http://127.0.0.1:4566'],
  ])('is in the environment: %j', (env, origin) => {
    expect(storesOf(env)).toEqual([origin]);
  });

  it.each([{}, { STORE_URL: '' }, { STORE_URL: "x; script-src 'unsafe-inline'" }])(
    'must be an address: %j',
    (env) => {
      expect(() => storesOf(env)).toThrow();
    },
  );
});
