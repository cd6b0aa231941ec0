import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, cookiesOf, type TestApp, testApp } from '../../support/app.ts';
import { claimJob, newJob, newWorld, type World } from '../common/world.ts';

let app: TestApp;
let world: World;
let child: Client;
beforeAll(async () => {
  app = testApp();
  world = await newWorld(app);
  child = app.bearer(world.claim.jobToken);
});
afterAll(() => app.close());

const metric = { name: 'loss', value: 1 };

describe("a job's token", () => {
  it('writes what belongs to its job', async () => {
    const log = { data: [{ severity: 'INFO', loggerName: 'a', message: 'b' }] };

    expect((await child.post(`/api/v1/jobs/${world.job}/metrics`, metric)).status).toBe(200);
    expect((await child.post(`/api/v1/jobs/${world.job}/log`, log)).status).toBe(200);
    expect((await child.get(`/api/v1/jobs/${world.job}`)).status).toBe(200);
  });

  it('reads other jobs of its group, and writes none of them', async () => {
    const other = await newJob(world);
    const log = { data: [{ severity: 'INFO', loggerName: 'a', message: 'b' }] };
    const status = `/api/v1/experiments/${world.experiment}/jobs/${other}/status`;

    expect((await child.get(`/api/v1/jobs/${other}`)).status).toBe(200);
    for (const answer of [
      await child.post(`/api/v1/jobs/${other}/metrics`, metric),
      await child.post(`/api/v1/jobs/${other}/log`, log),
      await child.put(status, { status: 'started' }),
    ]) {
      expect(answer).toMatchObject({ status: 403 });
    }
  });

  it('sees nothing of other groups, even of those that its submitter is in', async () => {
    const group = await app.newGroup(world.owner);
    const queue = await world.owner.post('/api/v1/experiments', { group: group.id, name: 'other' });

    expect((await child.get(`/api/v1/experiments/${queue.body.id}`)).status).toBe(404);
    expect((await child.get(`/api/v1/groups/${group.id}`)).status).toBe(404);
    expect((await child.get(`/api/v1/groups/${world.group.id}`)).status).toBe(200);
  });

  it('lists nothing', async () => {
    for (const list of ['jobs', 'experiments', 'queues', 'plugins', 'entrypoints', 'artifacts']) {
      expect((await child.get(`/api/v1/${list}`)).status).toBe(403);
    }
  });

  it('signs in as its job, and as no other', async () => {
    const login = (username: string) =>
      app.client().post('/api/v1/auth/login', { username, password: world.claim.jobToken });
    const own = await login(`job-${world.job}`);
    const session = app.client({ cookie: cookiesOf(own.headers) });
    const basic = app.client({
      authorization: `Basic ${btoa(`job-${world.job}:${world.claim.jobToken}`)}`,
    });

    expect(own.body).toEqual({ username: `job-${world.job}`, status: 'Login successful' });
    for (const client of [session, basic]) {
      expect((await client.get(`/api/v1/jobs/${world.job}`)).status).toBe(200);
      expect((await client.get('/api/v1/jobs')).status).toBe(403);
    }
    expect((await login(`job-${world.job + 1}`)).status).toBe(401);
    expect((await login(world.owner.username)).status).toBe(401);
  });

  it('ends when its job ends', async () => {
    const job = await newJob(world);
    const { jobToken, attempt, lease } = await claimJob(app, job);
    const own = app.bearer(jobToken);
    expect((await own.get(`/api/v1/jobs/${job}`)).status).toBe(200);
    const worker = app.bearer(await app.newWorkerToken());
    const end = { attempt, lease, outcome: 'finished' };
    expect((await worker.post(`/api/worker/v1/jobs/${job}/finish`, end)).status).toBe(200);
    app.clock.advance(5_000);

    expect((await own.get(`/api/v1/jobs/${job}`)).status).toBe(401);
  });

  it('ends with its lease, unless that is renewed', async () => {
    const job = await newJob(world);
    const { jobToken, attempt, lease, leaseSeconds } = await claimJob(app, job);
    const own = app.bearer(jobToken);
    const worker = app.bearer(await app.newWorkerToken());
    const half = (leaseSeconds * 1_000) / 2 + 1;

    app.clock.advance(half);
    await worker.post(`/api/worker/v1/jobs/${job}/heartbeat`, { attempt, lease });
    app.clock.advance(half);
    expect((await own.get(`/api/v1/jobs/${job}`)).status).toBe(200);
    app.clock.advance(half + 5_000);
    expect((await own.get(`/api/v1/jobs/${job}`)).status).toBe(503);
  });
});

describe("a worker's token", () => {
  it('claims jobs of its own pool alone', async () => {
    const worker = app.bearer(await app.newWorkerToken('gpu'));
    const wish = { worker: 'w', jobId: await newJob(world), attempt: 1, waitSeconds: 0 };

    const foreign = await worker.post('/api/worker/v1/claim', { ...wish, pool: 'default' });
    const own = await worker.post('/api/worker/v1/claim', { ...wish, pool: 'gpu' });

    expect(foreign.status).toBe(403);
    expect(own.body?.claim ?? null).toBeNull();
  });

  it('does nothing to a claimed job without its lease', async () => {
    const worker = app.bearer(await app.newWorkerToken());
    const fence = { attempt: world.claim.attempt, lease: 'a lease of somebody else' };
    const path = `/api/worker/v1/jobs/${world.job}`;

    for (const [verb, more] of [
      ['heartbeat', {}],
      ['log', { first: 0, lines: [{ severity: 'INFO', logger: 'a', message: 'b', time: 1 }] }],
      ['uploads', { files: [{ path: 'a', size: 1 }] }],
      ['finish', { outcome: 'failed' }],
      ['release', {}],
    ] as const) {
      const answer = await worker.post(`${path}/${verb}`, { ...fence, ...more });

      expect([verb, answer.status]).toEqual([verb, 409]);
    }
  });

  it('ends in time', async () => {
    const token = await app.newWorkerToken();
    app.clock.advance(3_600_000);

    expect((await app.bearer(token).post('/api/worker/v1/claim', {})).status).toBe(401);
  });
});
