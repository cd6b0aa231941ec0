/** P1, P4: real workers killed by SIGKILL at every point where a job passes them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAULT_POINTS, type FaultPoint } from '#worker/faults.ts';
import { submit } from '../support/jobs.ts';
import { type Cluster, LEASE, SWEEP_MS, startCluster } from './cluster.ts';
import { type History, judge } from './history.ts';
import { until } from './until.ts';

const FULL = process.env.FULL === '1';
const ROUNDS = FULL ? 4 : 1;
/** Before these the job's row was not touched; after these its fate is decided. */
const UNCLAIMED: readonly FaultPoint[] = ['after-receive'];
const DECIDED: readonly FaultPoint[] = ['after-finish'];
/** What a busy machine may add. */
const SLACK_MS = 2_000;

const trials = FAULT_POINTS.flatMap((point) =>
  Array.from({ length: ROUNDS }, (_, round) => ({ point, round, pool: `${point}-${round}` })),
);
const results: { point: FaultPoint; history: History; takeoverMs: number }[] = [];
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster(trials.map(({ pool }) => pool));
});
afterAll(async () => {
  await cluster.close();
  console.log(report());
});

function report(): string {
  const rows = FAULT_POINTS.map((point) => {
    const own = results.filter((result) => result.point === point);
    const sum = (of: (history: History) => number) =>
      own.reduce((total, { history }) => total + of(history), 0);
    return {
      'fault point': point,
      kills: own.length,
      'finished once': own.filter(({ history: h }) => h.wrongs.length === 0).length,
      attempts: sum((h) => h.attempts),
      'lines acknowledged': sum((h) => h.acknowledged),
      lost: sum((h) => h.lost),
      doubled: sum((h) => h.doubled),
      'slowest takeover (ms)': Math.round(Math.max(0, ...own.map((o) => o.takeoverMs))),
    };
  });
  const header = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => Object.values(row).join(' | '));
  return ['kill -9 of the worker:', header.join(' | '), ...lines].join('\n');
}

const jobOf = (id: number) => cluster.get(`/api/v1/jobs/${id}`);

describe.concurrent('a worker killed', () => {
  it.each(trials)('at $point ($round) loses nothing and doubles nothing', async (trial) => {
    const { point, pool } = trial;
    const job = await submit(cluster, cluster.setup, { queue: cluster.setup.queues.get(pool) });

    const faulty = cluster.startWorker(pool, { ASSAY_FAULT_POINT: point });
    const signal = await faulty.ended;
    const undecided = ![...UNCLAIMED, ...DECIDED].includes(point);
    const takeoverMs = undecided
      ? await until('the sweeper noticed', async () => (await jobOf(job.id)).status === 'queued')
      : 0;
    // The message of a dead worker comes back after a minute; one round of the long run waits for it.
    if (!FULL || trial.round > 0) cluster.hurryMessages(pool);
    const healthy = cluster.startWorker(pool);
    const hasEnded = async () => /finished|failed/.test((await jobOf(job.id)).status);
    await until('the job ended', hasEnded, 100);
    await until('its messages are gone', () => {
      cluster.hurryMessages(pool);
      return cluster.messages(pool).length === 0;
    });
    healthy.process.kill('SIGTERM');

    const history = await judge(cluster, job.id);
    results.push({ point, history, takeoverMs });
    expect({ signal, wrongs: history.wrongs }).toEqual({ signal: 'SIGKILL', wrongs: [] });
    expect(history).toMatchObject({ status: 'finished', lost: 0, doubled: 0 });
    expect(history.attempts).toBe(undecided ? 2 : 1);
    expect(takeoverMs).toBeLessThan(LEASE.seconds * 1000 + SWEEP_MS + SLACK_MS);
    await healthy.ended;
  });
});

it('leaves nothing for the sweeper', () => {
  expect(results).toHaveLength(trials.length);
  expect(cluster.dueJobs()).toEqual([]);
});
