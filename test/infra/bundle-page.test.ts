/** The pages of a deployment: their files lie beside the code. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGE_FILES } from '#entry/docs/files.ts';
import { VERSION } from '#entry/version.ts';
import { type Bundle, buildLambdas } from '../../infra/build.ts';
import { testApp } from '../support/app.ts';
import { SCRIPT, UI_FILES, type UiBuild, uiBuild } from '../support/ui-build.ts';
import { environment, invokeIn, request, shipped } from './bundle-calls.ts';

let folder = '';
let bundles: readonly Bundle[] = [];
let api: Bundle;
let web: Bundle;
let build: UiBuild;
const named = (name: string): Bundle => {
  const found = bundles.find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no bundle ${name}.`);
  return found;
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-bundle-'));
  build = uiBuild();
  bundles = await buildLambdas(folder, build.folder);
  [api, web] = [named('api'), named('web')];
});
afterAll(async () => {
  build.remove();
  await rm(folder, { recursive: true, force: true });
});

const ask = (event: unknown) => invokeIn(api.directory, event, environment);

describe('the API bundle', () => {
  it('serves the page of the documents from beside its code, and no other file there', async () => {
    const app = testApp({ version: VERSION });
    const page = await ask(request('/docs'));
    const { text } = await app.client().get('/docs');
    const [, base = ''] = /"(\/docs\/[^/]+)\/docs\.js"/.exec(text) ?? [];
    const script = await ask(request(`${base}/swagger-ui-bundle.js`, 'gzip'));
    const others = ['manifest.json', 'docs.js.gz', '../index.mjs'].map((name) => `${base}/${name}`);

    // Made of the same files, so under the same version.
    expect(page.answer.body).toBe(text);
    expect(script.answer.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-type': 'text/javascript; charset=utf-8',
    });
    const sent = gunzipSync(Buffer.from(script.answer.body, 'base64')).toString();
    expect(sent).toBe((await app.client().get(`${base}/swagger-ui-bundle.js`)).text);
    // A sixth of what a function may answer.
    expect(script.answer.body.length).toBeLessThan(1_000_000);
    for (const path of others) {
      expect((await ask(request(path))).answer.statusCode).toBe(404);
    }
    await app.close();
  });

  it('has the files of the page beside its code, as gzip and as brotli', async () => {
    const names = await readdir(join(api.directory, 'docs'));

    expect(names).toHaveLength(2 * PAGE_FILES.size + 1);
    expect(api.pageBytes).toBeLessThan(1_000_000);
  });

  it('sends browsers to the dashboard, and says who is signed in without having it', async () => {
    const root = request('/');
    root.headers.accept = 'text/html';
    const browser = await ask(root);
    const nothing = await ask(request('/ui/1/jobs'));
    const session = await ask(request('/ui/session'));

    expect([browser.answer.statusCode, browser.answer.headers.location]).toEqual([302, '/ui/']);
    expect(nothing.answer.statusCode).toBe(404);
    expect(JSON.parse(session.answer.body)).toMatchObject({ username: null, version: VERSION });
  });
});

describe('the bundle of the dashboard', () => {
  const STORE_URL = 'https://bucket.s3.eu-west-1.amazonaws.com';
  const get = async (
    path: string,
    encoding?: string,
    env: Record<string, string> = { STORE_URL },
  ) => invokeIn(web.directory, request(path, encoding), env);

  it('is small: no schemas, no clients of AWS, nothing of the domain', () => {
    const inputs = shipped(web, Object.keys(web.metafile.outputs));

    expect(web.totalBytes).toBeLessThan(40_000);
    expect(
      inputs.filter((path) => /zod|@aws-sdk|@smithy|functions\/(domain|aws|surfaces)/.test(path)),
    ).toEqual([]);
  });

  it('answers with the page at every address but those of assets, and prints one line', async () => {
    for (const path of ['/ui', '/ui/1/jobs/18', '/ui/manifest.json']) {
      const { answer, printed } = await get(path);

      expect([answer.statusCode, answer.body]).toEqual([200, UI_FILES['index.html']]);
      expect(answer.headers['content-security-policy']).toContain(
        `connect-src 'self' ${STORE_URL};`,
      );
      expect(answer.headers['x-request-id']).toBe('request');
      expect(printed).toHaveLength(1);
      expect(JSON.parse(printed[0] ?? '')).toMatchObject({ path, status: 200 });
    }
    for (const path of [
      '/ui/assets/other.js',
      `/ui/${SCRIPT}.br`,
      '/ui/assets/..%2fmanifest.json',
      '/ui/../index.mjs',
    ]) {
      const { answer } = await get(path);
      expect([path, answer.statusCode, JSON.parse(answer.body)]).toEqual([
        path,
        404,
        { message: 'The requested URL was not found.' },
      ]);
    }
  });

  it.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ])('answers with an asset as %s', async (coding, unpack) => {
    const { answer } = await get(`/ui/${SCRIPT}`, coding);

    expect(answer.headers).toMatchObject({
      'content-encoding': coding,
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect(answer.isBase64Encoded).toBe(true);
    expect(unpack(Buffer.from(answer.body, 'base64')).toString()).toBe(UI_FILES[SCRIPT]);
  });

  it('names what its environment lacks, and takes an emulator’s address', async () => {
    await expect(get('/ui', 'identity', {})).rejects.toThrow(/STORE_URL/);
    const AWS_ENDPOINT_URL = 'http://127.0.0.1:4566';
    const { answer } = await get('/ui', 'identity', { STORE_URL, AWS_ENDPOINT_URL });

    expect(answer.headers['content-security-policy']).toContain(
      `connect-src 'self' ${AWS_ENDPOINT_URL};`,
    );
  });
});

describe('every other bundle', () => {
  it('has no files of pages, and none has the sources of one', async () => {
    const folders = await Promise.all(bundles.map(({ directory }) => readdir(directory)));
    const having = (page: string) =>
      bundles.filter((_, at) => folders[at]?.includes(page)).map(({ name }) => name);

    expect([having('docs'), having('ui')]).toEqual([['api'], ['web']]);
    for (const each of bundles) {
      const inputs = shipped(each, Object.keys(each.metafile.outputs)).join('\n');
      expect(inputs).not.toMatch(/swagger-ui|functions\/web\/|source-files|build-folder/);
    }
  });
});
