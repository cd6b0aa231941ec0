import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkerToken } from '#domain/jobs/index.ts';
import { type Held, type JobBench, LEASE_MS, openJobBench } from './job-bench.ts';

let bench: JobBench;
beforeAll(async () => {
  bench = await openJobBench();
});
afterAll(() => bench.app.close());

const CACHE_MS = 5_000;
const own = ({ claim }: Held) => `/api/v1/jobs/${claim.jobId}`;

describe("a job's token (P29)", () => {
  it('reads its own job and what the job is made of', async () => {
    const held = await bench.start();
    const { claim, child } = held;

    const paths = [
      ...[own(held), `${own(held)}/config`, `${own(held)}/parameters`, `${own(held)}/log`],
      ...[claim.pluginsBundlePath, claim.artifactPluginsBundlePath],
    ];
    for (const path of paths) expect([path, (await child.get(path)).status]).toEqual([path, 200]);
  });

  it('writes log, metrics and status of its own job and of no other', async () => {
    const held = await bench.start();
    const other = await bench.start();
    const line = { data: [{ severity: 'INFO', loggerName: 'child', message: 'hello' }] };
    const metric = { name: 'accuracy', value: 0.5 };
    const { experiment } = bench.setup;
    const writes = (at: string) => [
      held.child.post(`${at}/log`, line),
      held.child.post(`${at}/metrics`, metric),
    ];
    const before = await bench.row(other.claim.jobId);

    const mine = await Promise.all(writes(own(held)));
    const theirs = await Promise.all(writes(own(other)));
    const jobs = `/api/v1/experiments/${experiment}/jobs`;
    const status = await held.child.put(`${jobs}/${other.claim.jobId}/status`, {
      status: 'failed',
    });

    expect(mine.map((answer) => answer.status)).toEqual([200, 200]);
    expect(theirs.map((answer) => answer.status)).toEqual([403, 403]);
    expect(status.status).toBe(403);
    expect(await bench.row(other.claim.jobId)).toEqual(before);
    expect((await bench.log(other.claim.jobId)).totalNumResults).toBe(0);
  });

  it.each([
    ...['/jobs', '/experiments', '/queues', '/plugins', '/entrypoints', '/artifacts'],
    ...['/groups', '/pluginParameterTypes', '/users/current/tokens'],
  ])('lists no %s', async (path) => {
    const { child } = await bench.start();

    expect((await child.get(`/api/v1${path}`)).status).toBe(403);
  });

  it('submits no jobs, makes no tokens and is no worker', async () => {
    const { child } = await bench.start();
    const { experiment } = bench.setup;

    const answers = [
      await child.post(`/api/v1/experiments/${experiment}/jobs`, { queue: 1, entrypoint: 1 }),
      await child.post('/api/v1/users/current/tokens', { name: 'mine' }),
      await child.post('/api/worker/v1/claim', { pool: 'default', worker: 'child' }),
      await child.delete(`/api/v1/experiments/${experiment}`),
    ];

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
  });

  it('is dead within five seconds after the attempt finished', async () => {
    const held = await bench.start();
    expect((await held.child.get(own(held))).status).toBe(200);
    await held.finish();

    bench.app.clock.advance(CACHE_MS);

    expect((await held.child.get(own(held))).status).toBe(401);
    const { child } = await bench.start();
    const elsewhere = bench.app.otherProcess().bearer(held.claim.jobToken);
    expect((await elsewhere.get(own(held))).status).toBe(401);
    expect((await child.get(own(held))).status).toBe(200);
  });

  it('opens nothing when the lease ends, and asks to try again until somebody sweeps', async () => {
    const held = await bench.start();
    bench.app.clock.advance(LEASE_MS - 1);
    expect((await held.child.get(own(held))).status).toBe(200);
    bench.app.clock.advance(1 + CACHE_MS);

    const late = await held.child.get(own(held));
    expect([late.status, late.headers.get('retry-after')]).toEqual([503, '1']);
    await held.beat();
    expect((await held.child.get(own(held))).status).toBe(200);

    bench.app.clock.advance(LEASE_MS + CACHE_MS);
    await bench.sweep();
    expect((await held.child.get(own(held))).status).toBe(401);
  });

  it('of a lost attempt does not become good again with the next one', async () => {
    const held = await bench.start();
    bench.app.clock.advance(LEASE_MS + CACHE_MS);
    await bench.sweep();
    const next = await bench.hold(held.claim.jobId, 2);

    expect((await held.child.get(own(held))).status).toBe(401);
    expect((await next.child.get(own(next))).status).toBe(200);
  });

  it('signs in as the job, and as nothing else', async () => {
    const held = await bench.start();
    const login = (username: string, password: string) =>
      bench.app.client().post('/api/v1/auth/login', { username, password });
    const { username, jobToken, jobId } = held.claim;

    const good = await login(username, jobToken);
    const bad = [
      await login(`job-${jobId + 1}`, jobToken),
      await login('alice', jobToken),
      await login(username, jobToken.slice(0, -1)),
      await login(username, `${jobToken.slice(0, -1)}${jobToken.endsWith('A') ? 'B' : 'A'}`),
    ];

    expect(good.status).toBe(200);
    expect(bad.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
  });

  it.each([
    'asj_',
    'asj_1_1_short',
    'asj_0_1_aaaaaaaaaaaaaaaaaaaaaaaa',
    'asj_1_1_aaaaaaaaaaaaaaaaaaaaaaaa',
    'asw_default_aaaaaaaaaaaaaaaaaaaaaaaa',
  ])('is not %s', async (token) => {
    expect((await bench.app.bearer(token).get('/api/v1/users/current')).status).toBe(401);
  });
});

describe("a worker's token", () => {
  const retire = (token: string) => bench.app.bearer(token).post('/api/worker/v1/retire', {});
  const works = async (token: string, app = bench.app) =>
    (await app.bearer(token).post('/api/worker/v1/claim', { pool: 'default', worker: 'w' })).status;

  it('of a task is good no longer once its worker has handed it in', async () => {
    const system = bench.app.system;
    const token = await createWorkerToken(system, { pool: 'default', seconds: 60, task: 't' });
    const other = bench.app.otherProcess();
    expect([await works(token), await works(token, other)]).toEqual([200, 200]);

    expect((await retire(token)).status).toBe(200);

    expect(await works(token)).toBe(401);
    bench.app.clock.advance(CACHE_MS);
    expect(await works(token, other)).toBe(401);
    expect((await retire(token)).status).toBe(401);
  });

  it('that people made stays: they may start the worker again', async () => {
    const token = await bench.app.newWorkerToken();

    expect((await retire(token)).status).toBe(200);

    expect(await works(token)).toBe(200);
    expect(await works(token, bench.app.otherProcess())).toBe(200);
  });
});
