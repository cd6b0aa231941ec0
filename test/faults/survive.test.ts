/** P2, P3, P5, P7, P8, P12 with real processes: frozen, stopped, cut off, doubled, poisoned. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobBody, submit } from '../support/jobs.ts';
import { type Cluster, LEASE, startCluster, type Worker } from './cluster.ts';
import { judge } from './history.ts';
import { until } from './until.ts';

const LEASE_MS = LEASE.seconds * 1000;
const POOLS = [
  'frozen',
  'stopped',
  'cut',
  'api',
  'doubled',
  'poison',
  'outbox',
  'answers',
] as const;
const COPIES = 5;
const WORKERS = process.env.FULL === '1' ? 8 : 4;
const JOBS = process.env.FULL === '1' ? 12 : 4;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster(POOLS);
});
afterAll(() => cluster.close());

/** A job that prints `lines` lines over so many seconds. */
const submitTo = (pool: string, lines: number, seconds: number) =>
  submit(cluster, cluster.setup, {
    queue: cluster.setup.queues.get(pool),
    values: { lines: String(lines), seconds: String(seconds) },
  });
const jobOf = (id: number) => cluster.get(`/api/v1/jobs/${id}`);
const statusOf = async (id: number): Promise<string> => (await jobOf(id)).status;
const ended = (id: number) => async () => /finished|failed/.test(await statusOf(id));
/** The child runs: its first lines have arrived. */
const printing = (id: number) => () =>
  cluster.recorder.acknowledged(id).some(({ message }) => / line \d+$/.test(message));
const says = (worker: Worker, event: string) => worker.output().includes(`"event":"${event}"`);

describe.concurrent('a job survives', () => {
  it('a worker that freezes for two leases and then wakes up: it gives up, nothing of it shows (P3)', async () => {
    const job = await submitTo('frozen', 40, 2);
    const zombie = cluster.startWorker('frozen');
    await until('it prints', printing(job.id));
    zombie.process.kill('SIGSTOP');
    const frozenAt = performance.now();
    const healthy = cluster.startWorker('frozen');
    await until('another worker has it', () => cluster.recorder.claims(job.id).length === 2);
    await sleep(Math.max(0, frozenAt + 2 * LEASE_MS - performance.now()));

    zombie.process.kill('SIGCONT');
    await until('it gave up', () => zombie.output().includes('"end":"lost"'));
    await until('the job ended', ended(job.id));

    const history = await judge(cluster, job.id, 40);
    expect(history).toMatchObject({ status: 'finished', attempts: 2, wrongs: [] });
    for (const worker of [zombie, healthy]) worker.process.kill('SIGTERM');
    await Promise.all([zombie.ended, healthy.ended]);
  });

  it('a worker that is told to stop: queued again at once, not charged (P7)', async () => {
    const job = await submitTo('stopped', 40, 2);
    for (let round = 1; round <= 4; round += 1) {
      const worker = cluster.startWorker('stopped');
      await until('it runs', () => cluster.recorder.claims(job.id).length === round);
      const runId = cluster.recorder.claims(job.id).at(-1)?.runId ?? '';
      // Half of them while they prepare the job, half while its child runs.
      const lines = () => cluster.recorder.acknowledged(job.id).map(({ message }) => message);
      if (round % 2 === 0) {
        await until('it prints', () => lines().includes(`${runId} line 0`));
      }
      worker.process.kill('SIGTERM');
      const took = await until('it is queued', async () => (await statusOf(job.id)) === 'queued');
      // Given back by the worker, long before the lease ends.
      expect(took).toBeLessThan(LEASE_MS);
      expect(await worker.ended).toBe(null);
    }
    // Were the four stops charged, this loss would be one too many.
    const killed = cluster.startWorker('stopped');
    await until('it started', () => says(killed, 'job_started'));
    killed.process.kill('SIGKILL');
    const last = cluster.startWorker('stopped');
    await until('the job ended', ended(job.id));

    const history = await judge(cluster, job.id, 40);
    expect(history).toMatchObject({ status: 'finished', attempts: 6, wrongs: [] });
    last.process.kill('SIGTERM');
    await last.ended;
  });

  it('the same message five times to many workers: each attempt runs once (P2)', async () => {
    const workers = Array.from({ length: WORKERS }, () => cluster.startWorker('doubled'));
    await until('all are up', () => workers.every((worker) => says(worker, 'worker_started')));
    const jobs = [];
    for (let number = 0; number < JOBS; number += 1) {
      const job = await submitTo('doubled', 5, 0.1);
      const body = JSON.stringify({ version: 1, jobId: job.id, attempt: 1 });
      for (let copy = 1; copy < COPIES; copy += 1) cluster.putMessage('doubled', body);
      jobs.push(job);
    }
    for (const job of jobs) await until('the job ended', ended(job.id));
    await until('no message is left', () => cluster.messages('doubled').length === 0);

    const starts = workers.flatMap(
      (worker) => worker.output().match(/"event":"job_started"/g) ?? [],
    );
    expect(starts).toHaveLength(JOBS);
    for (const job of jobs) {
      const history = await judge(cluster, job.id, 5);
      expect(history).toMatchObject({ status: 'finished', attempts: 1, wrongs: [] });
    }
    for (const worker of workers) worker.process.kill('SIGTERM');
    await Promise.all(workers.map((worker) => worker.ended));
  });

  it('the API killed between its transaction and its message (P12)', async () => {
    const body = jobBody(cluster.setup, { queue: cluster.setup.queues.get('outbox') });
    const path = `/api/v1/experiments/${cluster.setup.experiment}/jobs`;
    const signal = await cluster.postAndDie(path, body);
    expect(signal).toBe('SIGKILL');
    const { data } = await cluster.get(`${path}?pageLength=1000`);
    const job = data.find((one: { queue: { name: string } }) => one.queue.name === 'outbox');
    expect(job.status).toBe('queued');
    expect(cluster.messages('outbox')).toEqual([]);

    const worker = cluster.startWorker('outbox');
    await until('the job ended', ended(job.id), 30);

    const history = await judge(cluster, job.id);
    expect(history).toMatchObject({ status: 'finished', attempts: 1, wrongs: [] });
    worker.process.kill('SIGTERM');
    await worker.ended;
  });

  it('poison beside it: that becomes dead letters after five deliveries (P8)', async () => {
    const poison = [
      'not JSON',
      '{"version":2,"jobId":1,"attempt":1}',
      JSON.stringify({ version: 1, jobId: 987_654, attempt: 1 }),
      JSON.stringify({ version: 1, jobId: cluster.setup.experiment, attempt: 1 }),
    ];
    for (const body of poison) cluster.putMessage('poison', body);
    const worker = cluster.startWorker('poison');
    const job = await submitTo('poison', 5, 0.1);
    await until('the job ended', ended(job.id));

    // A minute passes between two deliveries; here the queue is told that it has.
    await until('the poison is dead', () => {
      cluster.hurryMessages('poison');
      return cluster.messages('poison').every(({ dead }) => dead === 1);
    });

    const left = cluster.messages('poison').map(({ body }) => body);
    expect(left.toSorted()).toEqual(poison.toSorted());
    expect((await judge(cluster, job.id, 5)).wrongs).toEqual([]);
    worker.process.kill('SIGTERM');
    expect(await worker.ended).toBe(null);
  });
});

describe('one after the other, a job survives', () => {
  it('a worker cut off from the API for longer than its lease: it stops by itself (P5)', async () => {
    const job = await submitTo('cut', 100, 8);
    const lonely = cluster.startWorker('cut');
    await until('it prints', printing(job.id));

    cluster.recorder.cut();
    const stopped = await until('it stops', () => says(lonely, 'lease_ended'));
    await until('the lease is over', async () => (await statusOf(job.id)) === 'queued');
    // It worked on until the lease ended, and not longer.
    expect(stopped).toBeGreaterThan(LEASE_MS - 1_000 * LEASE.heartbeatSeconds - 500);
    expect(stopped).toBeLessThan(LEASE_MS + 1_500);
    await until('its child is gone', () => lonely.output().includes('"end":"lost"'), 10);
    cluster.recorder.restore();
    await until('the job ended', ended(job.id));

    const history = await judge(cluster, job.id, 100);
    expect(history).toMatchObject({ status: 'finished', attempts: 2, wrongs: [] });
    lonely.process.kill('SIGTERM');
    await lonely.ended;
  });

  it('the API killed and started again under it: one attempt, nothing lost', async () => {
    const job = await submitTo('api', 60, 3);
    const worker = cluster.startWorker('api');
    await until('it prints', printing(job.id));

    let outlasted = 0;
    for (let round = 0; round < 2; round += 1) {
      const downSince = performance.now();
      await cluster.killApi();
      await cluster.startApi();
      // On a busy machine a server may start so slowly that the lease ends, as it should.
      if (performance.now() - downSince > LEASE_MS / 2) outlasted += 1;
      await sleep(400);
    }
    await until('the job ended', ended(job.id));

    const history = await judge(cluster, job.id, 60);
    expect(history).toMatchObject({ status: 'finished', wrongs: [] });
    expect(history.attempts).toBeLessThanOrEqual(1 + outlasted);
    worker.process.kill('SIGTERM');
    await worker.ended;
  });

  it('the first answer of every call lost on its way: one attempt, nothing twice', async () => {
    const job = await submitTo('answers', 40, 2);
    cluster.recorder.loseFirstAnswers();
    const worker = cluster.startWorker('answers');
    await until('the job ended', ended(job.id));
    // A heartbeat between the lost answer and its repetition hears first that the lease is over.
    await until('the worker is done', () => /"end":"(finished|lost)"/.test(worker.output()));
    cluster.recorder.restore();

    const history = await judge(cluster, job.id, 40);
    expect(history).toMatchObject({ status: 'finished', attempts: 1, wrongs: [] });
    worker.process.kill('SIGTERM');
    await worker.ended;
  });

  it('all that: nothing is left for the sweeper', () => {
    expect(cluster.dueJobs()).toEqual([]);
  });
});
