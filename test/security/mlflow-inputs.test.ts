import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type TestApp, testApp } from '../support/app.ts';
import { must, newRun, newScene, type Scene } from './scene.ts';

/** What broke MLflow's server in the past, sent to ours; the numbers are of CVEs. */
const SECRET = 'of another group';

let app: TestApp;
let scene: Scene;
let foreign: Scene;
let run: string;
let theirRun: string;
const keysRead: string[] = [];

beforeAll(async () => {
  app = testApp();
  scene = await newScene(app);
  foreign = await newScene(app);
  run = await newRun(app, scene);
  theirRun = await newRun(app, foreign);
  await app.platform.blobs.put(`runs/${theirRun}/artifacts/top.txt`, SECRET);
  const { blobs } = app.platform;
  const { get, signGet, signPut, list, startUpload, put } = blobs;
  const seen = <A extends readonly unknown[], R>(act: (key: string, ...rest: A) => R) => {
    return (key: string, ...rest: A): R => {
      keysRead.push(key);
      return act(key, ...rest);
    };
  };
  Object.assign(blobs, {
    get: seen(get),
    signGet: seen(signGet),
    signPut: seen(signPut),
    list: seen(list),
    startUpload: seen(startUpload),
    put: seen(put),
  });
});
afterAll(() => app.close());

/** Refused or stored as text that leads nowhere; nothing but our own run was touched. */
function expectInert(answer: Answer): void {
  expect(answer.status).toBeLessThan(500);
  expect(answer.headers.get('content-type') ?? 'application/json').not.toContain('html');
  expect(answer.text).not.toContain(SECRET);
  expect(answer.text).not.toMatch(/root:x:|\bat .+:\d+:\d+|SQLITE|node_modules/);
  expect(
    keysRead.filter((key) => !/^(artifacts|bundles)\//.test(key.split(`runs/${run}/`)[1] ?? '')),
  ).toEqual([]);
}

const CLIMBS = [
  '../x',
  '../../etc/passwd',
  'a/../../x',
  './x',
  '/etc/passwd',
  '//etc/passwd',
  '\\..\\..\\x',
  '..\\x',
  'C:\\x',
  'C:/x',
  '\\\\host\\share',
  '//proc/self/root/etc/passwd',
  '%2e%2e/x',
  '%2e%2e%2fx',
  '..%2fx',
  '%252e%252e%252fx',
  '%25252e%25252e%25252fx',
  '..%5cx',
  'a\0b',
  'a\nb',
  'file:///etc/passwd',
  'file:/etc/passwd',
  'http://169.254.169.254/latest/meta-data',
  'dbfs:/../x',
] as const;

/** Text that would be hostile only if it were decoded once more than it was encoded. */
const INERT = ['%00', 'a%00b'];

/** As one segment of an address, encoded so that it arrives as it is. */
const inAddress = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

describe('paths of artifacts (2023-1177, 2023-2780, 2023-30172, 2023-6831, 2024-1560)', () => {
  it.each(CLIMBS)('%j is refused as a folder to list', async (path) => {
    keysRead.length = 0;
    const query = new URLSearchParams({ run_id: run, path });

    const answer = await scene.user.get(`/api/2.0/mlflow/artifacts/list?${query}`);

    expectInert(answer);
    expect(answer.status).toBe(400);
  });

  it.each(CLIMBS)('%j leads nowhere below the artifacts of a run', async (path) => {
    keysRead.length = 0;
    for (const root of ['/api', '/ajax-api']) {
      const proxy = `${root}/2.0/mlflow-artifacts`;
      const base = `${scene.experiment}/${run}/artifacts`;
      for (const address of [inAddress(path), path.replaceAll(/[\0\n]/g, '%00')]) {
        for (const [method, body] of [['GET'], ['PUT', 'x'], ['DELETE']] as const) {
          expectInert(await scene.user.call(method, `${proxy}/artifacts/${base}/${address}`, body));
        }
        const upload = { path: 'x', num_parts: 1 };
        expectInert(await scene.user.post(`${proxy}/mpu/create/${base}/${address}`, upload));
      }
      const query = new URLSearchParams({ path: `${base}/${path}` });
      const listed = await scene.user.get(`${proxy}/artifacts?${query}`);
      expectInert(listed);
      expect(listed.status).toBe(400);
    }
  });

  it.each([...CLIMBS, ...INERT])(
    '%j is no name of a file in parts that leaves its folder',
    async (path) => {
      keysRead.length = 0;
      const address = `/api/2.0/mlflow-artifacts/mpu/create/${scene.experiment}/${run}/artifacts`;

      expectInert(await scene.user.post(address, { path, num_parts: 1 }));
    },
  );

  it.each(INERT)('%j is the name of a file and nothing else', async (path) => {
    keysRead.length = 0;
    const query = new URLSearchParams({ run_id: run, path });

    const answer = await scene.user.get(`/api/2.0/mlflow/artifacts/list?${query}`);

    expectInert(answer);
    expect(keysRead).toEqual([`runs/${run}/artifacts/${path}/`]);
  });

  it.each(['', '..', '0', '-1', '1e0', '%2e%2e', `9${'9'.repeat(30)}`, '*', 'nobody'])(
    'the experiment %j of an address leads to no run',
    async (experiment) => {
      keysRead.length = 0;
      for (const method of ['GET', 'PUT']) {
        const path = `/api/2.0/mlflow-artifacts/artifacts/${experiment}/${run}/artifacts/secret.txt`;
        const answer = await scene.user.call(method, path, method === 'PUT' ? 'x' : undefined);
        expectInert(answer);
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(keysRead).toEqual([]);
      }
    },
  );
});

describe('files of others (2023-6975, 2023-6977, 2024-4263)', () => {
  it.each(['/api', '/ajax-api'])('answer below %s as if they did not exist', async (root) => {
    keysRead.length = 0;
    const proxy = `${root}/2.0/mlflow-artifacts`;
    const base = `${foreign.experiment}/${theirRun}/artifacts`;
    const answers = [
      await scene.user.get(`${proxy}/artifacts/${base}/top.txt`),
      await scene.user.call('PUT', `${proxy}/artifacts/${base}/top.txt`, 'x'),
      await scene.user.delete(`${proxy}/artifacts/${base}/top.txt`),
      await scene.user.get(`${proxy}/artifacts?path=${base}`),
      await scene.user.get(`${root}/2.0/mlflow/artifacts/list?run_id=${theirRun}`),
      await scene.user.post(`${proxy}/mpu/create/${base}`, { path: 'top.txt', num_parts: 1 }),
      await scene.user.post(`${proxy}/mpu/complete/${base}`, {
        path: 'top.txt',
        upload_id: 'x',
        parts: [{ part_number: 1, etag: 'x' }],
      }),
      await scene.user.post(`${proxy}/mpu/abort/${base}`, { path: 'top.txt', upload_id: 'x' }),
      // The run of others below an experiment of one's own.
      await scene.user.get(`${proxy}/artifacts/${scene.experiment}/${theirRun}/artifacts/top.txt`),
    ];

    for (const answer of answers) {
      expectInert(answer);
      expect(answer.status).toBe(404);
    }
  });
});

describe('places of artifacts (2023-6909, 2024-1483, 2024-1593, 2024-1594, 2024-2928, 2024-3848)', () => {
  it.each([
    'file:///etc',
    '/etc',
    'http:///#/../../etc/',
    'http://host/?x=/../..',
    'http://host/;/../..',
    's3://bucket/../x',
    'mlflow-artifacts:/../..',
    'dbfs:/../x',
    'http://169.254.169.254/',
    'http://[::ffff:169.254.169.254]/',
    'http://2852039166/',
    'http://169.254.170.2/v2/credentials',
  ])('%s is none that a caller may choose', async (location) => {
    keysRead.length = 0;
    const body = {
      name: `at ${location.length} ${Math.abs(hash(location))}`,
      artifact_location: location,
    };

    const answer = await scene.user.post('/api/2.0/mlflow/experiments/create', body);

    expectInert(answer);
    expect(answer.status).toBe(400);
  });

  it.each([
    'file:///etc/passwd',
    'mlflow-artifacts:/1/../../x',
    'mlflow-artifacts:/%2e%2e/x',
    'http://169.254.169.254/latest',
    's3://bucket/key',
    'http://h/a;/../x',
    'http://h/a#/../x',
  ])('%s makes no artifact of a job', async (artifactUri) => {
    keysRead.length = 0;
    const job = await jobWithRun();
    const body = { group: scene.group, job, artifactUri, description: '' };

    const answer = await scene.user.post('/api/v1/artifacts', body);

    expectInert(answer);
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });
});

const hash = (text: string): number =>
  [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) | 0, 7);

async function jobWithRun(): Promise<number> {
  const { user, experiment, queue, entrypoint } = scene;
  const body = { description: '', queue, entrypoint };
  const { id } = await must(user, 'POST', `/api/v1/experiments/${experiment}/jobs`, body);
  const made = await must(user, 'POST', '/api/2.0/mlflow/runs/create', {
    experiment_id: String(experiment),
  });
  await must(user, 'POST', `/api/v1/jobs/${id}/mlflowRun`, { mlflowRunId: made.run.info.run_id });
  return id;
}

describe('names (2024-3099, 2024-6838, 2024-27132)', () => {
  const create = (name: unknown) => scene.user.post('/api/2.0/mlflow/experiments/create', { name });

  it('of any length are bounded', async () => {
    expect((await create('x'.repeat(500))).status).toBe(200);
    expect((await create('x'.repeat(501))).status).toBe(400);
    expect((await create('x'.repeat(1_000_000))).status).toBe(400);
  });

  it.each(['', 'a\0b', '\ud800', 'a\u202eb', 'a\u200bb', 'a\nb', 7, null, {}, ['x']])(
    '%j is none',
    async (name) => {
      expect((await create(name)).status).toBe(400);
    },
  );

  it('that only look alike when they are decoded are two', async () => {
    const ids = new Set<string>();
    for (const name of ['a b', 'a%20b', 'a+b', 'A b', 'é', 'e\u0301']) {
      ids.add(
        (await must(scene.user, 'POST', '/api/2.0/mlflow/experiments/create', { name }))
          .experiment_id,
      );
      const query = new URLSearchParams({ experiment_name: name });
      const path = `/api/2.0/mlflow/experiments/get-by-name?${query}`;
      expect((await must(scene.user, 'GET', path)).experiment.name).toBe(name);
    }
    expect(ids.size).toBe(6);
  });

  it('with markup come back as JSON that no browser takes for a page', async () => {
    const name = '<script>alert(1)</script>';
    const { experiment_id: id } = (await create(name)).body;

    const answer = await scene.user.get(`/api/2.0/mlflow/experiments/get?experiment_id=${id}`);

    expect(answer.body.experiment.name).toBe(name);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('requests', () => {
  it('show no content type of theirs in an answer (2023-6568)', async () => {
    const answer = await scene.user.call('POST', '/api/2.0/mlflow/experiments/create', '{}', {
      'content-type': '<script>alert(1)</script>',
    });

    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain('<script>');
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  });

  it.each(['/api/v1/users', '/api/v1/auth/login', '/api/2.0/mlflow/experiments/create'])(
    'from other sites change nothing: %s (2023-43472, 2025-1473)',
    async (path) => {
      for (const headers of [
        { origin: 'https://evil.test', 'content-type': 'text/plain' },
        { origin: 'null', 'content-type': 'text/plain' },
        { 'sec-fetch-site': 'cross-site', 'content-type': 'text/plain' },
        { 'sec-fetch-site': 'same-site', 'content-type': 'application/x-www-form-urlencoded' },
      ]) {
        const answer = await scene.user.call('POST', path, '{"name":"x"}', headers);
        expect(answer.status).toBe(403);
      }
    },
  );

  // Guards that knew only some spellings of an address let the others through.
  it.each([
    '/api/2.0/mlflow/experiments/get?experiment_id=',
    '/ajax-api/2.0/mlflow/experiments/get?experiment_id=',
    '/api/2.0/mlflow/experiments/get/?experiment_id=',
    '/api//2.0/mlflow/experiments/get?experiment_id=',
    '//api/2.0/mlflow/experiments/get?experiment_id=',
    '/API/2.0/mlflow/experiments/get?experiment_id=',
    '/api/3.0/mlflow/experiments/get?experiment_id=',
    '/api/2.0/mlflow/experiments/get;x=1?experiment_id=',
    '/api/2.0/x/../mlflow/experiments/get?experiment_id=',
    '/api/2.0/mlflow/experiments%2fget?experiment_id=',
    '/ajax-api/3.0/jobs/1?x=',
    '/v1/traces?x=',
    '/get-artifact?path=secret.txt&run_uuid=',
    '/graphql?x=',
  ])('%s tells nobody without credentials anything (2026-0545, 2026-2652)', async (start) => {
    const answer = await app.client().get(`${ORIGIN}${start}${scene.experiment}`);

    expect([401, 404]).toContain(answer.status);
    expect(answer.text).not.toContain('trial');
  });

  it('have no password that works everywhere (2025-11200, 2026-2635)', async () => {
    for (const pair of ['admin:password1234', 'admin:admin', 'admin:', 'root:root', ':']) {
      const headers = { authorization: `Basic ${btoa(pair)}` };
      const answer = await app
        .client(headers)
        .get('/api/2.0/mlflow/experiments/get?experiment_id=1');
      expect(answer.status).toBe(401);
    }
  });
});

const ORIGIN = 'http://assay.test';
