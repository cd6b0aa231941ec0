/** The page /docs: what is served, to whom, and what never is. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGE_FILES } from '#entry/docs/files.ts';
import { sourceFiles } from '#entry/docs/source-files.ts';
import { documents } from '#entry/documents.ts';
import { lambdaHandler } from '#entry/lambda-handler.ts';
import { typeOf } from '#entry/pages/page-files.ts';
import { cookiesOf, type TestApp, type TestUser, testApp } from '../../support/app.ts';
import { type Gateway, gatewayRunner } from '../../support/gateway/runner.ts';

const inPackage = (name: string): string =>
  readFileSync(createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`), 'utf8');

let app: TestApp;
let user: TestUser;
let html: string;
let base: string;
beforeAll(async () => {
  app = testApp();
  user = await app.newUser('dana');
  html = (await app.client().get('/docs')).text;
  base = /\/docs\/[0-9a-f]{16}(?=\/docs\.js)/.exec(html)?.[0] ?? '';
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

describe('the page', () => {
  it.each(['/docs', '/docs/', ...documents.map(({ name }) => `/docs/${name}`)])(
    'is at %s',
    async (path) => {
      const answer = await app.client().get(path);

      expect([answer.status, answer.text]).toEqual([200, html]);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(answer.headers.get('cache-control')).toBe('no-cache');
    },
  );

  it('may load and send nothing but to its own origin, and stands in no frame', async () => {
    const { headers } = await app.client().get('/docs');
    const policy = headers.get('content-security-policy') ?? '';

    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('has no script, style or handler of its own, and no address elsewhere', () => {
    expect(html).not.toMatch(/<script(?![^>]* src=)|<style|style=|\son[a-z]+=|https?:|"\/\//);
  });

  it('names every document, each with a title', () => {
    for (const { name, title, path } of documents) {
      expect(html).toContain(`<option value="${name}" data-url="${path}">${title}</option>`);
    }
  });

  it('is where browsers come to that ask for the root; programs get JSON as ever', async () => {
    const accept = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    const browser = await app.client(accept).get('/');
    const program = await app.client({ accept: '*/*' }).get('/');

    expect([browser.status, browser.headers.get('location')]).toEqual([302, '/docs']);
    expect(program.body).toEqual({
      name: 'Assay',
      version: 'test',
      documents: documents.map(({ path }) => path),
    });
    for (const { headers } of [browser, program]) expect(headers.get('vary')).toBe('accept');
  });
});

describe('the files of the page', () => {
  it('are those that it names, and are kept for good by their version', async () => {
    const named = [...html.matchAll(/(?:href|src)="(\/docs\/[^"]+)"/g)].map(([, path]) => path);

    expect(named.length).toBeGreaterThanOrEqual(5);
    for (const path of named) {
      const answer = await app.client().get(path ?? '');
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('come as they are in the package, and once', async () => {
    const path = `${base}/swagger-ui-bundle.js`;
    const answer = await app.client().get(path);
    const tag = answer.headers.get('etag') ?? '';
    const again = await app.client({ 'if-none-match': tag }).get(path);
    const head = await app.client().call('HEAD', path);

    expect(answer.text).toBe(inPackage('swagger-ui-bundle.js'));
    expect([again.status, again.text]).toEqual([304, '']);
    expect([head.status, head.text]).toEqual([200, '']);
  });

  it('are not kept under another version, which a page of before may ask for', async () => {
    const answer = await app.client().get('/docs/0123456789abcdef/docs.js');

    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-cache']);
  });

  it.each([
    'package.json',
    'index.html',
    'swagger-ui-bundle.js.map',
    '../package.json',
    '..%2fpackage.json',
    '%2e%2e/%2e%2e/package.json',
    '..%5cpackage.json',
    '%00',
    'docs.js%00',
    'DOCS.JS',
    '__proto__',
    'constructor',
    `${'a/'.repeat(50)}docs.js`,
  ])('are no other: %s', async (name) => {
    const { status } = await app.client().get(`${base}/${name}`);

    expect(status).toBe(404);
  });

  it.each(['/docs/nothing', '/docs/v1/extra/more', '/docsx', '/docs/../package.json'])(
    'are not at %s',
    async (path) => {
      const { status, body } = await app.client().get(path);

      expect(status).toBe(404);
      expect(body).toEqual({ message: 'The requested URL was not found.' });
    },
  );

  it('are only read', async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const { status } = await app.client().call(method, `${base}/docs.js`, {});
      expect([method, status]).toEqual([method, 404]);
    }
  });
});

describe('who is signed in', () => {
  const sessionOf = async (headers: Readonly<Record<string, string>>) => {
    const { status, body, headers: sent } = await app.client(headers).get('/docs/session');
    return [status, body, sent.get('cache-control')];
  };
  const nobody = [200, { username: null }, 'no-store'];

  it('is told to who shows a session, and to nobody else', async () => {
    const { token } = await user.newToken();

    expect(await sessionOf({ cookie: user.cookie })).toEqual([
      200,
      { username: 'dana' },
      'no-store',
    ]);
    expect(await sessionOf({})).toEqual(nobody);
    expect(await sessionOf({ cookie: 'session=nonsense' })).toEqual(nobody);
    expect(await sessionOf({ authorization: `Bearer ${token}` })).toEqual(nobody);
  });
});

describe('behind the gateway', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await gatewayRunner(lambdaHandler(app.platform, { docs: sourceFiles }));
  });
  afterAll(() => gateway.stop());

  it('every file arrives whole', async () => {
    expect(await (await fetch(`${gateway.url}/docs`)).text()).toBe(html);
    for (const [name, origin] of PAGE_FILES) {
      const answer = await fetch(`${gateway.url}${base}/${name}`);
      const text = await answer.text();

      expect([name, answer.status, answer.headers.get('content-type')]).toEqual([
        name,
        200,
        typeOf(name),
      ]);
      if (origin === 'package') expect(text).toBe(inPackage(name));
    }
  });

  it('whoever signs in on the page is signed in for every dialect, to write, too', async () => {
    // What a browser says of calls from the page.
    const own = { origin: gateway.url, 'sec-fetch-site': 'same-origin' };
    const post = (path: string, body: object, headers = {}) =>
      fetch(gateway.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...own, ...headers },
        body: JSON.stringify(body),
      });
    const { username, password } = user;
    const signedIn = await post('/api/v1/auth/login', { username, password });
    const cookie = cookiesOf(signedIn.headers);
    const answers = [
      await fetch(`${gateway.url}/docs/session`, { headers: { cookie } }),
      await post('/api/v1/queues', { group: 1, name: 'by page' }, { cookie }),
      await post('/api/2.0/mlflow/experiments/create', { name: 'by page' }, { cookie }),
      await post(
        '/20260430/aiDataPlatforms/ocid1.aidataplatform.oc1..mine/workspaces/public/mlops/api/2.0/mlflow/registered-models/create',
        { name: 'by page' },
        { cookie },
      ),
    ];
    const foreign = await post(
      '/api/v1/queues',
      { group: 1, name: 'by others' },
      { cookie, origin: 'https://elsewhere.test', 'sec-fetch-site': 'cross-site' },
    );

    expect(await answers[0]?.json()).toEqual({ username: 'dana' });
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(foreign.status).toBe(403);
  });
});
