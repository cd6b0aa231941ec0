/**
 * What broke MLflow's server in the past, in every place of every call of ours: each text of a path, a
 * query or a body in turn. It is refused, or stays text that leads nowhere.
 */
import { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { artifactKey } from '#domain/tracking/index.ts';
import { pathParameters } from '#http/route.ts';
import { mlflowRoutes } from '#surfaces/mlflow/dialect.ts';
import { type Answer, type Json, type TestApp, testApp } from '../support/app.ts';
import { type Call, validCall, withValue } from '../surface/common/fixture.ts';
import { mlflowFixtures, modelOf, newVersion } from '../surface/common/mlflow-fixtures.ts';
import type { Row } from '../surface/common/stage.ts';
import { newWorld, type World } from '../surface/common/world.ts';

/** In a file of another group, and in one of this machine. */
const SECRET = 'the secret of another group';
const LEAKED = /root:[x*]:0:|the secret of another group|\bat .+:\d+:\d+\)?|SQLITE|node_modules/;

const INPUTS: readonly (readonly [cve: string, ...inputs: string[]])[] = [
  ['2023-1177', 'file:///etc/', 'file:///etc/passwd', 'file://localhost/etc/passwd'],
  ['2023-1176', '/etc', '/etc/passwd', '//etc/passwd'],
  ['2023-2356', 'http://host/../../etc', 'mlflow-artifacts:/../../etc/passwd', 's3://b/../../etc'],
  ['2023-2780', '\\..\\..\\x', '//proc/self/root/etc/passwd', 'file:../../etc/passwd'],
  ['2023-30172', '../../etc/passwd', 'a/../../../../etc/passwd', './../x'],
  ['2023-3765', 'C:\\Windows\\win.ini', 'C:/x', '\\\\host\\share'],
  ['2023-6831', '%2e%2e%2f%2e%2e%2fetc%2fpasswd', '..%2f..%2fetc'],
  ['2024-1560', '%252e%252e%252fetc%252fpasswd', '..%5c..%5cx'],
  [
    '2023-6909',
    'http:///#/../../etc/',
    'mlflow-artifacts:/x#/../../../etc',
    's3://b/x?x=/../../etc',
  ],
  ['2024-1483', 'http:///;/../../etc/', 'file:///./x;/../../etc'],
  ['2024-1593', 'x;../../etc/passwd', 'mlflow-artifacts:/x;/../../etc'],
  ['2024-1558', 'etc/passwd', 'file:/etc/passwd', 'file:etc/passwd'],
  ['2024-8859', 'dbfs:/../etc/passwd', 'runs:/../../etc', 'models:/../../etc/1'],
  ['2023-6974', 'http://169.254.169.254/latest/meta-data', 'http://[::ffff:169.254.169.254]/'],
  [
    '2026-2393',
    'http://2852039166/',
    'http://169.254.170.2/v2/credentials',
    'http://localhost:1/x',
  ],
  ['2024-3099', 'a%20b', 'a b', 'A b', 'e\u0301'],
  ['2024-6838', 'x'.repeat(60_000)],
  ['2024-27132', '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '{{7*7}}'],
  ['2024-0520', 'http://host/x?filename=../../x', 'attachment; filename="../../x"'],
  ['2025-52967', 'http://host@169.254.169.254/', 'gopher://127.0.0.1:6379/_x'],
  ['P34', 'a\u0000b', '\ud800', '__proto__', 'constructor', '\u202eexe.txt', '9'.repeat(40)],
];
const inputs = INPUTS.flatMap(([, ...texts]) => texts);

const app: TestApp = testApp();
let mine: World;
let theirs: World;
const keys: string[] = [];
let [calls, touched] = [0, 0];
const spies: { mockRestore(): void }[] = [];

/** Every key that is read, written, listed or signed for. */
function watchBlobs(): void {
  const { blobs } = app.platform;
  for (const name of [
    'put',
    'putStream',
    'get',
    'stream',
    'head',
    'list',
    'signGet',
    'signPut',
    'startUpload',
    'signPart',
    'completeUpload',
    'abortUpload',
  ] as const) {
    const real = blobs[name] as (key: string, ...rest: unknown[]) => unknown;
    Object.assign(blobs, {
      [name]: (key: string, ...rest: unknown[]) => {
        keys.push(key);
        return real(key, ...rest);
      },
    });
  }
  const { remove } = blobs;
  Object.assign(blobs, {
    remove: (list: readonly string[]) => {
      keys.push(...list);
      return remove(list);
    },
  });
}

beforeAll(async () => {
  mine = await newWorld(app);
  theirs = await newWorld(app);
  for (const world of [mine, theirs]) await newVersion(world, modelOf(world));
  await app.platform.blobs.put(artifactKey(theirs.claim.runId, 'top.txt'), SECRET);
  watchBlobs();
  spies.push(
    vi.spyOn(Socket.prototype, 'connect').mockImplementation(() => expect.fail('a fetch')),
  );
  spies.push(vi.spyOn(globalThis, 'fetch').mockImplementation(() => expect.fail('a fetch')));
});
afterAll(async () => {
  for (const spy of spies) spy.mockRestore();
  expect(app.errors).toEqual([]);
  await app.close();
});

/** Below what we make keys of, no way up or out, and nothing of the other group. */
const isOurs = (key: string): boolean =>
  key.startsWith('runs/') &&
  !key
    .split('/')
    .slice(0, -1)
    .some((part) => ['', '.', '..'].includes(part)) &&
  !key.includes(theirs.claim.runId);

function expectInert(answer: Answer, valid: number): void {
  const isFine = answer.status < 500 || answer.status === valid;
  expect([isFine ? '' : answer.text, answer.status]).toEqual(['', answer.status]);
  expect(answer.headers.get('content-type') ?? 'none').not.toContain('html');
  expect(answer.text).not.toMatch(LEAKED);
  const location = answer.headers.get('location');
  if (location !== null) expect(location).toMatch(/^http:\/\/assay\.test\/_blobs\/runs\//);
  calls += 1;
  touched += keys.length;
  expect(keys.splice(0).filter((key) => !isOurs(key))).toEqual([]);
}

/** Paths of the texts in a body, as `withValue` takes them. */
function textsIn(value: Json, path = ''): readonly string[] {
  if (typeof value === 'string') return path === '' ? [] : [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) =>
    name.includes('.') ? [] : textsIn(each, path === '' ? name : `${path}.${name}`),
  );
}

/** The call with `text` in each of its places, one at a time. */
function* variants(call: Call, row: Row, params: Json, text: string): Generator<Call> {
  const [address = '', query = ''] = call.path.split('?');
  for (const { name, kind } of pathParameters(row.path)) {
    const own = String(params[name]);
    if (kind === 'int' || text === '\ud800') continue;
    const last = address.lastIndexOf(own);
    const [before, after] = [address.slice(0, last), address.slice(last + own.length)];
    // As it is, as it must be sent, and at the end of what is right.
    for (const sent of [encodeURI(text), encodeURIComponent(text), `${own}/${encodeURI(text)}`]) {
      yield { ...call, path: `${before}${sent}${after}${query === '' ? '' : `?${query}`}` };
    }
  }
  for (const name of new Set(new URLSearchParams(query).keys())) {
    const changed = new URLSearchParams(query);
    changed.set(name, text);
    yield { ...call, path: `${address}?${changed}` };
  }
  for (const path of textsIn(call.body)) {
    yield { ...call, body: withValue(call.body, path, text) };
  }
}

/** What else takes paths and sources than the least call of a row says. */
const MORE: { readonly [operationId: string]: object } = {
  createExperiment: { artifact_location: '', tags: [{ key: 'a', value: 'b' }] },
  createRegisteredModelVersion: { run_id: '', run_link: '', description: '', model_id: '' },
  createRun: { run_name: 'a', user_id: 'b', tags: [{ key: 'a', value: 'b' }] },
};

const rows: readonly Row[] = (await mlflowRoutes())
  .filter(({ path, operationId }) => !path.startsWith('/ajax-api/') && mlflowFixtures[operationId])
  .map((row) => ({ ...row, fixture: mlflowFixtures[row.operationId] ?? {} }));

describe.each(rows)('$method $path', (row) => {
  it('takes what broke MLflow for text, or refuses it', async () => {
    const params = (await row.fixture.params?.(mine)) ?? {};
    const fixture = { ...row.fixture, params: () => params };
    const valid = await validCall('', row, fixture, mine);
    const more = MORE[row.operationId];
    const call = more === undefined ? valid : { ...valid, body: { ...more, ...valid.body } };
    keys.splice(0);
    for (const text of inputs) {
      for (const { method, path, body } of variants(call, row, params, text)) {
        expectInert(await mine.owner.call(method, path, body), row.fixture.status ?? 200);
      }
    }
  }, 60_000);
});

it('was many calls, and many that got as far as the store', () => {
  expect(calls).toBeGreaterThan(10_000);
  expect(touched).toBeGreaterThan(300);
});

describe('what surrounds a call', () => {
  const url = '/api/2.0/mlflow/experiments/create';
  const raw = (init: RequestInit, path = url) => app.fetch(path, { method: 'POST', ...init });

  it('2023-6568: an odd content type is not shown as HTML', async () => {
    const type = '<script>alert(1)</script>';
    const headers = { 'content-type': type, cookie: mine.owner.cookie };
    const answer = await raw({ headers });

    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'application/json']);
    expect(await answer.text()).not.toContain('<script');
  });

  it.each([
    ['2025-1473: a form', { 'content-type': 'text/plain' }, 400],
    ['2023-43472: another origin', { origin: 'https://evil.example' }, 403],
    ['2025-14279: another site', { 'sec-fetch-site': 'cross-site' }, 403],
    [
      '2025-14279: a name that was bound anew',
      { origin: 'http://evil.example:80', host: 'assay.test' },
      403,
    ],
  ])('%s does nothing with the cookie of whoever is signed in', async (_, own, status) => {
    const headers = { 'content-type': 'application/json', cookie: mine.owner.cookie, ...own };
    const answer = await raw({ headers, body: JSON.stringify({ name: mine.name() }) });

    expect(answer.status).toBe(status);
  });

  it.each([
    '/ajax-api/3.0/jobs/search',
    '/api/3.0/jobs',
    '/v1/traces',
    '/api/2.0/mlflow/users/create',
    '/signup',
    '/api/2.0/mlflow/gateway-proxy?gateway_path=http://169.254.169.254/',
    '//api/2.0/mlflow/runs/search',
    '/API/2.0/MLFLOW/runs/search',
    '/api/2.0/mlflow/runs/search/',
    '/ajax-api/2.0/mlflow/runs/search',
    '/api/2.0/mlflow//runs/search',
    '/api/2.0/mlflow/runs/search;x',
    '/graphql',
    '/get-artifact?run_id=a&path=b',
    '/api/2.0/mlflow/./runs/search',
  ])('2026-0545, 2026-2652, 2023-6014: nobody gets anything at %s', async (path) => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']) {
      const answer = await app.client().call(method, path, method === 'GET' ? undefined : {});

      expect([path, method, [401, 404, 405].includes(answer.status)]).toEqual([path, method, true]);
    }
  });
});
