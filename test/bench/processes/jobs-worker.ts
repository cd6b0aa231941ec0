/** The worker as `npm start` runs it, but for its jobs' program; it tells its parent of each job. */
import process from 'node:process';
import { openSqliteMessages } from '#embedded/sqlite-messages.ts';
import { systemClock } from '#kernel/clock.ts';
import { workerClient } from '#worker/client.ts';
import { faultAt } from '#worker/faults.ts';
import { consume } from '#worker/loop.ts';
import { chooseLauncher } from '#worker/sandbox/choose.ts';
import { prepareBaseDir } from '#worker/work-dir.ts';
import { serveAsChild } from '../frame/child.ts';
import { nativeRuntime, now } from '../jobs/native.ts';

export interface JobsWorkerInput {
  readonly url: string;
  readonly token: string;
  readonly messagesFile: string;
  readonly workDir: string;
  readonly concurrency: number;
}

/** One attempt, when it has ended. Times are of `now()`. */
export interface JobTold {
  readonly jobId: number;
  readonly attempt: number;
  readonly claimedAt: number;
  readonly startedAt: number;
  readonly endedAt: number;
  /** `finished`, or what else became of it. */
  readonly end: string;
}

/** What a process of workers says: of an attempt, or of what should not have happened. */
export type WorkerSays = { readonly job: JobTold } | { readonly trouble: string };

/** What is no trouble, and nothing that needs to be told. */
const USUAL = new Set(['message', 'job_started', 'job_ended']);

const say = (words: WorkerSays): void => void process.send?.(words);

/** Follows the worker's own log, and the start of each job's program. */
function follow() {
  const running = new Map<number, { claimedAt: number; startedAt: number }>();
  const facts = (event: string, told: Readonly<Record<string, unknown>>): void => {
    const jobId = Number(told.jobId);
    if (event === 'job_started') running.set(jobId, { claimedAt: now(), startedAt: Number.NaN });
    if (event === 'job_ended') {
      const times = running.get(jobId) ?? { claimedAt: Number.NaN, startedAt: Number.NaN };
      running.delete(jobId);
      const end = String(told.end);
      say({ job: { jobId, attempt: Number(told.attempt), ...times, endedAt: now(), end } });
    }
    if (!USUAL.has(event)) say({ trouble: `${event} ${JSON.stringify(told)}` });
  };
  const started = (jobId: number): void => {
    const times = running.get(jobId);
    if (times !== undefined) times.startedAt = now();
  };
  return { facts, started };
}

await serveAsChild(async (input: JobsWorkerInput) => {
  const { url, token, messagesFile, workDir, concurrency } = input;
  const path = process.env.PATH ?? '';
  const wake = openSqliteMessages(messagesFile, { clock: systemClock });
  const stop = new AbortController();
  const { facts, started } = follow();
  const consuming = consume({
    client: workerClient({ apiUrl: url, token, pool: 'default' }),
    apiUrl: url,
    pool: 'default',
    worker: `bench-${process.pid}`,
    wake,
    concurrency,
    runtime(claim, dirs) {
      started(claim.jobId);
      return nativeRuntime(claim, dirs);
    },
    launcherOf: chooseLauncher({ path }),
    baseDir: await prepareBaseDir(workDir),
    path,
    clock: systemClock,
    log: (event, told = {}) => facts(event, told),
    reach: faultAt(undefined),
    signal: stop.signal,
    drainMs: 10_000,
  });
  return {
    ready: {},
    async close() {
      stop.abort();
      await consuming;
      wake.close();
    },
  };
});
