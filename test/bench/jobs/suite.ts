/** The suite `jobs`: many short jobs on local workers, and what one of them takes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Workers } from './cluster.ts';
import { JOB_MS, LINES } from './native.ts';
import { type CountedJob, countJob } from './one-job.ts';
import { measureRow, type Row, type RowOptions } from './row.ts';

export interface JobsOptions
  extends Pick<RowOptions, 'jobs' | 'pickups' | 'pickupMs' | 'profileTo' | 'signal' | 'say'> {
  readonly rows: readonly Workers[];
}

export interface JobsResults {
  readonly rows: readonly Row[];
  readonly oneJob: CountedJob;
  readonly notes: readonly string[];
}

export const JOB_GOALS = { writeUnits: 40, calls: 20 };

export const ONE_PROCESS: Workers = { processes: 1, slots: 8 };
export const EIGHT_PROCESSES: Workers = { processes: 8, slots: 1 };

const notesOf = ({ jobs, pickups, pickupMs }: JobsOptions): readonly string[] => [
  `Each job is sh: ${LINES} lines, a sleep of ${JOB_MS} ms, one file as an artifact. No Python.`,
  'submit: all of them over 8 connections while no worker runs; drain: the workers run what waits.',
  'CPU of the programs: sh, sleep, setpriv, rm, which are the children of the worker.',
  `pickup: ${pickups} jobs, one about every ${pickupMs} ms, from the answer to the submission on; the message goes out just before it.`,
  `together: ${Math.ceil(jobs / 5)} more jobs are submitted while they run.`,
];

/** Runs the suite; everything that it started is gone when it settles. */
export async function runJobs(options: JobsOptions): Promise<JobsResults> {
  const { say, signal } = options;
  say('counting the units of one job');
  const oneJob = await countJob();
  const rows: Row[] = [];
  for (const workers of options.rows) {
    signal.throwIfAborted();
    const folder = await mkdtemp(join(tmpdir(), 'assay-bench-jobs-'));
    try {
      rows.push(await measureRow({ ...options, folder, workers }));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return { rows, oneJob, notes: notesOf(options) };
}

/** What is wrong: units above their goals, jobs that did not do what they should. */
export function failuresOf({ rows, oneJob }: JobsResults): readonly string[] {
  const calls = oneJob.workerCalls + oneJob.messageCalls;
  const units = [
    ...(oneJob.writeUnits > JOB_GOALS.writeUnits ? [`${oneJob.writeUnits} write units`] : []),
    ...(calls > JOB_GOALS.calls ? [`${calls} calls`] : []),
  ].map((what) => `A job takes ${what}.`);
  return [...units, ...rows.flatMap(({ verified }) => verified.faults)];
}
