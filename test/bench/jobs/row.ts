/** One row of the suite: a server of its own, so many workers, and a day's worth of jobs. */
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile, rounded } from '../frame/figures.ts';
import { useOf } from '../frame/processes.ts';
import type { JobTold } from '../processes/jobs-worker.ts';
import { type Cluster, startCluster, type Workers } from './cluster.ts';
import { submitMany, submitSteadily } from './submit.ts';
import { fileSizes, type Verified, verify } from './verify.ts';
import { type MemoryUse, watch } from './watch.ts';

export interface RowOptions {
  readonly folder: string;
  readonly workers: Workers;
  readonly jobs: number;
  /** Jobs that find the workers idle, and how far apart they come. */
  readonly pickups: number;
  readonly pickupMs: number;
  readonly profileTo: string | undefined;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Row {
  readonly workers: Workers;
  readonly jobs: number;
  /** Without workers, over 8 connections. */
  readonly submit: Latency & { readonly perSecond: number; readonly apiCpuMsPerJob: number };
  /** All that waits, from the first claim to the last end. */
  readonly drain: {
    readonly perSecond: number;
    readonly apiCpuMsPerJob: number;
    readonly workerCpuMsPerJob: number;
    /** Of the programs of the jobs. */
    readonly programCpuMsPerJob: number;
    readonly apiMemory: MemoryUse;
    readonly workerMemory: MemoryUse;
  };
  /** From the answer to the submission of a job that finds idle workers. */
  readonly pickup: {
    readonly jobs: number;
    readonly claimed: Latency;
    readonly started: Latency;
    readonly ended: Latency;
  };
  /** While jobs are submitted and run at the same time: from the first submission to the last end. */
  readonly together: { readonly jobs: number; readonly perSecond: number };
  readonly fileMb: Readonly<Record<string, number>>;
  readonly verified: Verified;
}

const TOGETHER_SHARE = 0.2;
const REST_MS = 1_000;

const latencyOf = (numbers: readonly number[]): Latency => ({
  p50Ms: rounded(quantile(numbers, 0.5)),
  p99Ms: rounded(quantile(numbers, 0.99)),
});

const cpuOf = (pid: number): number => useOf([pid])?.cpuMs ?? 0;

async function measureSubmit(
  cluster: Cluster,
  { jobs, signal }: RowOptions,
): Promise<Row['submit']> {
  const before = cpuOf(cluster.apiPid);
  const { seconds, latencies } = await submitMany(cluster, jobs, signal);
  return {
    perSecond: rounded(jobs / seconds),
    ...latencyOf(latencies),
    apiCpuMsPerJob: rounded((cpuOf(cluster.apiPid) - before) / jobs),
  };
}

async function measureDrain(cluster: Cluster, { jobs, signal }: RowOptions): Promise<Row['drain']> {
  const used = watch(cluster);
  await cluster.progress.ended(jobs, signal);
  const { api, workers } = used();
  const first = Math.min(...cluster.progress.jobs.map(({ claimedAt }) => claimedAt));
  const last = Math.max(...cluster.progress.jobs.map(({ endedAt }) => endedAt));
  return {
    perSecond: rounded((jobs * 1000) / (last - first)),
    apiCpuMsPerJob: rounded(api.cpuMs / jobs),
    workerCpuMsPerJob: rounded((workers.cpuMs - workers.endedCpuMs) / jobs),
    programCpuMsPerJob: rounded(workers.endedCpuMs / jobs),
    apiMemory: api.memory,
    workerMemory: workers.memory,
  };
}

async function measurePickup(cluster: Cluster, options: RowOptions): Promise<Row['pickup']> {
  const { pickups, pickupMs, signal } = options;
  const before = cluster.progress.jobs.length;
  await sleep(REST_MS, undefined, { signal });
  const answered = await submitSteadily(cluster, pickups, pickupMs, signal);
  await cluster.progress.ended(before + pickups, signal);
  const jobs = cluster.progress.jobs.slice(before);
  const since = (time: (job: JobTold) => number) =>
    latencyOf(jobs.map((job) => time(job) - (answered.get(job.jobId) ?? Number.NaN)));
  return {
    jobs: pickups,
    claimed: since(({ claimedAt }) => claimedAt),
    started: since(({ startedAt }) => startedAt),
    ended: since(({ endedAt }) => endedAt),
  };
}

async function measureTogether(cluster: Cluster, options: RowOptions): Promise<Row['together']> {
  const jobs = Math.ceil(options.jobs * TOGETHER_SHARE);
  const before = cluster.progress.jobs.length;
  const from = performance.now();
  await submitMany(cluster, jobs, options.signal);
  await cluster.progress.ended(before + jobs, options.signal);
  return { jobs, perSecond: rounded((jobs * 1000) / (performance.now() - from)) };
}

/** Measures one row; what it started is gone when it settles. */
export async function measureRow(options: RowOptions): Promise<Row> {
  const { workers, jobs, pickups, say } = options;
  const cluster = await startCluster(options);
  try {
    say(`submitting ${jobs} jobs`);
    const submit = await measureSubmit(cluster, options);
    await cluster.startWorkers();
    say(`${workers.processes} × ${workers.slots} workers run them`);
    const drain = await measureDrain(cluster, options);
    say(`${drain.perSecond} jobs/s; now ${pickups} one by one`);
    const pickup = await measurePickup(cluster, options);
    const together = await measureTogether(cluster, options);
    say('reading back what they left');
    const verified = await verify(cluster, jobs + pickups + together.jobs);
    const fileMb = fileSizes(cluster.folder);
    return { workers, jobs, submit, drain, pickup, together, fileMb, verified };
  } finally {
    await cluster.stop();
  }
}
