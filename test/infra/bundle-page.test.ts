/** The page /docs of a deployed API: its files lie beside the code. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGE_FILES } from '#entry/docs/files.ts';
import { PACKED_FOLDER } from '#entry/docs/packed-files.ts';
import { VERSION } from '#entry/version.ts';
import { type Bundle, buildLambdas } from '../../infra/build.ts';
import { testApp } from '../support/app.ts';
import { environment, invokeIn, request, shipped } from './bundle-calls.ts';

let folder = '';
let bundles: readonly Bundle[] = [];
let api: Bundle;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-bundle-'));
  bundles = await buildLambdas(folder);
  const found = bundles.find(({ name }) => name === 'api');
  if (found === undefined) throw new Error('There is no bundle api.');
  api = found;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const ask = (event: unknown) => invokeIn(api.directory, event, environment);

describe('the API bundle', () => {
  it('serves the page of the documents from beside its code, and no other file there', async () => {
    const app = testApp({ version: VERSION });
    const page = await ask(request('/docs'));
    const { text } = await app.client().get('/docs');
    const [, base = ''] = /"(\/docs\/[^/]+)\/docs\.js"/.exec(text) ?? [];
    const script = await ask(request(`${base}/swagger-ui-bundle.js`, 'gzip'));
    const others = ['version', 'docs.js.gz', '../index.mjs'].map((name) => `${base}/${name}`);

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

  it('has the files of the page beside its code, and no other function has them', async () => {
    const folders = await Promise.all(bundles.map(({ directory }) => readdir(directory)));
    const having = bundles.filter((_, at) => folders[at]?.includes(PACKED_FOLDER));
    const names = await readdir(join(api.directory, PACKED_FOLDER));

    expect(having.map(({ name }) => name)).toEqual(['api']);
    expect(names).toHaveLength(PAGE_FILES.size + 1);
    expect(api.pageBytes).toBeLessThan(600_000);
    for (const each of bundles) {
      const inputs = shipped(each, Object.keys(each.metafile.outputs)).join('\n');
      expect(inputs).not.toMatch(/swagger-ui|functions\/web\/|source-files/);
    }
  });
});
