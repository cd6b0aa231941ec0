import type { History, SeenJob } from '../collect.ts';
import type { OfJob } from './attempts.ts';
import type { Wrongs } from './wrongs.ts';

const PRINTED = /^(\w+) line (\d+)$/;

export interface LogCounts {
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
}

/** Lines of each run as they stand in the log, by their numbers. */
function printedIn({ log }: SeenJob): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const { message } of log) {
    const [, run, number] = PRINTED.exec(message) ?? [];
    if (run === undefined) continue;
    const numbers = found.get(run) ?? [];
    numbers.push(Number(number));
    found.set(run, numbers);
  }
  return found;
}

/** Acknowledged lines are there, each line is there once, and those of an attempt are in their order. */
function judgeLog(job: SeenJob, entries: OfJob, lines: number, wrongs: Wrongs): LogCounts {
  const printed = printedIn(job);
  let [acknowledged, lost, doubled] = [0, 0, 0];
  for (const entry of entries) {
    if (entry.e !== 'log') continue;
    for (const message of entry.messages) {
      acknowledged += 1;
      const [, run = '', number] = PRINTED.exec(message) ?? [];
      const isThere =
        number === undefined
          ? job.log.some((line) => line.message === message)
          : printed.get(run)?.includes(Number(number)) === true;
      if (isThere) continue;
      lost += 1;
      wrongs.add('lost line', `job ${job.id}: ${message}`);
    }
  }
  for (const [run, numbers] of printed) {
    doubled += numbers.length - new Set(numbers).size;
    const isWhole = numbers.every((number, at) => number === at);
    if (!isWhole) wrongs.add('lines in disorder', `job ${job.id}, run ${run}: ${numbers.join()}`);
  }
  const last = job.runs.at(-1)?.id ?? '';
  const isComplete = (printed.get(last) ?? []).length === lines;
  if (job.status === 'finished' && !isComplete) wrongs.add('log not whole', `job ${job.id}`);
  return { acknowledged, lost, doubled };
}

/** The log of every job. */
export function judgeLogs(
  { jobs }: History,
  known: (job: SeenJob) => { readonly entries: OfJob; readonly lines: number },
  wrongs: Wrongs,
): LogCounts {
  const sum = { acknowledged: 0, lost: 0, doubled: 0 };
  for (const job of jobs.values()) {
    const { entries, lines } = known(job);
    const counts = judgeLog(job, entries, lines, wrongs);
    sum.acknowledged += counts.acknowledged;
    sum.lost += counts.lost;
    sum.doubled += counts.doubled;
  }
  return sum;
}

/** A finished job has its artifact, whole and of the attempt that finished it; nobody else has any. */
export function judgeArtifacts({ jobs, artifacts }: History, wrongs: Wrongs): number {
  let whole = 0;
  for (const job of jobs.values()) {
    const wanted = job.status === 'finished' ? 1 : 0;
    if (job.artifacts.length !== wanted) {
      wrongs.add('artifacts', `job ${job.id} (${job.status}) has ${job.artifacts.length}`);
    }
    const expected = `${job.runs.at(-1)?.id} row\n`.repeat(3);
    for (const content of job.contents) {
      if (content === expected) whole += 1;
      else wrongs.add('artifact not whole', `job ${job.id}: ${JSON.stringify(content)}`);
    }
  }
  for (const { id, job } of artifacts) {
    const isLinked = job !== null && jobs.get(job)?.artifacts.includes(id) === true;
    if (!isLinked) wrongs.add('orphan', `artifact ${id} of job ${job}`);
  }
  return whole;
}
