import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documents } from '#entry/documents.ts';
import { VERSION } from '#entry/version.ts';
import { parts } from '#surfaces/dioptra/parts.ts';
import { type Bundle, buildLambdas, staticClosure } from '../../infra/build.ts';
import { sizeOf } from '../bench/core/sizes.ts';
import { testApp } from '../support/app.ts';
import { environment, filesIn, invokeIn, request, shipped } from './bundle-calls.ts';

const startBudget = 450_000;
let folder = '';
let bundles: readonly Bundle[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-bundle-'));
  bundles = await buildLambdas(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const bundle = (name: string): Bundle => {
  const found = bundles.find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no bundle ${name}.`);
  return found;
};

const invoke = (event: unknown, env: Record<string, string>, name = 'api') =>
  invokeIn(bundle(name).directory, event, env);

describe('the API bundle', () => {
  it('answers /health, and prints one line for it', async () => {
    const { answer, printed } = await invoke(request('/health'), environment);

    expect(answer.statusCode).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ status: 'healthy' });
    expect(printed).toHaveLength(1);
    // The gateway's own.
    const requestId = 'request';
    expect(answer.headers['x-request-id']).toBe(requestId);
    expect(JSON.parse(printed[0] ?? '')).toMatchObject({ path: '/health', status: 200, requestId });
  });

  it('makes the OpenAPI document that the sources make, though what describes schemas loads late', async () => {
    const app = testApp({ version: VERSION });
    for (const { path } of documents) {
      const { answer } = await invoke(request(path), environment);
      const { text } = await app.client().get(path);

      expect(answer.statusCode).toBe(200);
      expect(JSON.parse(answer.body)).toEqual(JSON.parse(text));
    }
    await app.close();
  });

  it('names every variable that its environment lacks', async () => {
    const { TABLE_NAME: _table, POOLS: _pools, ...rest } = environment;

    await expect(invoke(request('/health'), rest)).rejects.toThrow(/TABLE_NAME[\s\S]*POOLS/);
  });

  it(`starts from at most ${startBudget / 1000} KB, as every function does`, () => {
    expect(bundle('api').startBytes).toBeGreaterThan(10_000);
    const starts = bundles.map(({ name, startBytes }) => ({ name, startBytes }));
    expect(starts.filter(({ startBytes }) => startBytes > startBudget)).toEqual([]);
  });

  it(`answers in each dialect from at most ${startBudget / 1000} KB`, () => {
    const { startBytes, withOneDialect } = sizeOf(bundle('api'));
    const names = withOneDialect.map(({ dialect }) => dialect);

    const partsOf = (dialect: string) => names.filter((name) => name.startsWith(`${dialect}: `));
    expect(names).toContain('worker');
    expect(partsOf('dioptra')).toHaveLength(parts.length);
    expect(partsOf('mlflow').length).toBeGreaterThan(5);
    expect(partsOf('oracle')).toHaveLength(partsOf('mlflow').length);
    for (const { bytes } of withOneDialect) expect(bytes).toBeGreaterThan(startBytes);
    expect(withOneDialect.filter(({ bytes }) => bytes > startBudget)).toEqual([]);
  });

  it('loads no S3 and SQS client at start', () => {
    const api = bundle('api');
    const entry = Object.keys(api.metafile.outputs).find((path) => path.endsWith('/index.mjs'));
    const inputs = shipped(api, staticClosure(api.metafile, entry ?? ''));

    expect(inputs.length).toBeGreaterThan(3);
    expect(inputs.filter((path) => /@aws-sdk\/client-(s3|sqs)\//.test(path))).toEqual([]);
  });
});

describe('the bundle of flags', () => {
  it('lets pages of all sites ask', async () => {
    const event = request('/flags/');
    event.requestContext.http.method = 'OPTIONS';
    const { answer } = await invoke(event, environment, 'flags');

    expect(answer.statusCode).toBe(204);
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': '*' });
  });

  it('holds what evaluates flags and finds keys, and nothing of jobs, runs or archives', () => {
    const { metafile } = bundle('flags');
    const inputs = shipped(bundle('flags'), Object.keys(metafile.outputs));
    const domains = inputs.flatMap((path) => /functions\/domain\/(\w[\w-]*)/.exec(path)?.[1] ?? []);
    const surfaces = inputs.flatMap((path) => /functions\/surfaces\/(\w+)/.exec(path)?.[1] ?? []);

    expect(new Set(domains)).toEqual(new Set(['events', 'flags', 'identity', 'projects']));
    expect(new Set(surfaces)).toEqual(new Set(['posthog']));
    expect(inputs.filter((path) => /duckdb|functions\/(archives|worker)/.test(path))).toEqual([]);
  });
});

describe('the setup bundle', () => {
  it('answers CloudFormation even where its environment is wrong, and tells it nothing', async () => {
    const bodies: unknown[] = [];
    const server = createServer(async (request, response) => {
      bodies.push(await json(request));
      response.end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const event = {
      ResponseURL: `http://127.0.0.1:${port}/?signature=x`,
      StackId: 'stack',
      RequestId: 'request',
      LogicalResourceId: 'Invitation',
    };

    const { printed } = await invoke({ ...event, RequestType: 'Create' }, {}, 'setup');
    await invoke({ ...event, RequestType: 'Delete' }, {}, 'setup');
    server.close();

    expect(bodies).toMatchObject([
      { Status: 'FAILED', Reason: expect.not.stringContaining('TABLE_NAME') },
      { Status: 'SUCCESS', StackId: 'stack', RequestId: 'request' },
    ]);
    expect(printed.join()).toContain('TABLE_NAME');
    expect(printed.join()).not.toContain('signature');
  });
});

describe('every bundle', () => {
  it('holds neither the locales of zod, nor a CommonJS client, nor a development tool', async () => {
    for (const each of bundles) {
      const inputs = shipped(each, Object.keys(each.metafile.outputs)).join('\n');

      expect(inputs).toContain('functions/entry/');
      expect(inputs).not.toMatch(/zod\/v4\/locales\/(?!en|index)/);
      expect(inputs).not.toMatch(/@aws-sdk\/[^\n]*dist-cjs/);
      expect(inputs).not.toMatch(/node_modules\/(vitest|aws-cdk-lib|typescript|esbuild)\//);
      expect(inputs).not.toMatch(/functions\/(embedded|worker)\//);
    }
  });

  it('loads no CommonJS package by an import() of its own, which would have no named exports', () => {
    const later = bundles.flatMap(({ metafile }) =>
      Object.values(metafile.outputs).flatMap(({ entryPoint }) => entryPoint ?? []),
    );
    const packages = later.filter((path) => path.includes('node_modules/'));

    expect(later.length).toBeGreaterThan(10);
    expect(packages.filter((path) => !path.includes('/dist-es/'))).toEqual([]);
  });

  it('takes credentials from its environment and has no other way to them', () => {
    // The dashboard's has none.
    for (const each of bundles.filter(({ name }) => name !== 'web')) {
      const inputs = shipped(each, Object.keys(each.metafile.outputs)).join('\n');

      expect(inputs).toContain('credential-provider-env/');
      expect(inputs).not.toMatch(/credential-provider-(?!env|node)|nested-clients|token-providers/);
    }
  });

  it('holds nothing of the servers of one machine', async () => {
    for (const each of bundles) {
      const inputs = shipped(each, Object.keys(each.metafile.outputs)).join('\n');
      const files = await filesIn(each.directory);
      const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));

      expect(inputs).not.toMatch(/@hono\/node-server|entry\/(local|node-server)|kernel\/meter/);
      expect(texts.join('\n').length).toBeGreaterThan(20_000);
      expect(texts.join('\n')).not.toMatch(/__reset|__counters|node:sqlite|\/_blobs\//);
    }
  });

  it('holds no path of the machine that built it', async () => {
    for (const { directory } of bundles) {
      const files = await filesIn(directory);

      expect(files).toContain(join(directory, 'index.mjs'));
      for (const file of files) {
        expect(await readFile(file, 'utf8')).not.toContain(process.cwd());
      }
    }
  });

  it('comes out the same twice', async () => {
    const again = await mkdtemp(join(tmpdir(), 'assay-bundle-'));
    const content = async (at: string) => {
      const files = await filesIn(at);
      const texts = await Promise.all(files.map((file) => readFile(file, 'latin1')));
      return files.map((file, index) => [relative(at, file), texts[index]]);
    };

    const second = await buildLambdas(again);

    for (const [at, { directory, name }] of second.entries()) {
      expect(name).toBe(bundles[at]?.name);
      expect(await content(directory)).toEqual(await content(bundle(name).directory));
    }
    await rm(again, { recursive: true, force: true });
  });
});
