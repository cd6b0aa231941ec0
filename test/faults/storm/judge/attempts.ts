import type { History, SeenJob } from '../collect.ts';
import type { Submission } from '../driver.ts';
import type { Entry } from '../journal.ts';
import type { Wrongs } from './wrongs.ts';

const DEFAULT_ATTEMPTS = 3;
const isEnd = (state: string): boolean => state === 'finished' || state === 'failed';

/** Why the attempts before the last ended, by the lines that go with each. */
export interface Requeue {
  readonly attempt: number;
  readonly why: string;
  readonly on: number;
}

const REQUEUED = /^Attempt (\d+) ended \((.*)\); the job is queued again/;

export const requeuesOf = ({ log }: SeenJob): readonly Requeue[] =>
  log.flatMap(({ logger, message, on }) => {
    const [, attempt, why = ''] = (logger === 'assay' && REQUEUED.exec(message)) || [];
    return attempt === undefined ? [] : [{ attempt: Number(attempt), why, on }];
  });

export type OfJob = readonly Exclude<Entry, { e: 'stored' | 'trouble' | 'fault' }>[];

/** It has ended once, and its attempts follow each other without a gap. */
function judgeCourse(job: SeenJob, entries: OfJob, wrongs: Wrongs): void {
  const name = `job ${job.id}`;
  const ends = job.states.filter(isEnd);
  if (ends.length !== 1 || job.states.at(-1) !== ends[0] || job.status !== ends[0]) {
    wrongs.add('not ended once', `${name} is ${job.status}: ${job.states.join(' → ')}`);
  }
  const numbers = job.runs.map(({ attempt }) => attempt).join();
  const expected = Array.from({ length: job.attempt }, (_, at) => at + 1).join();
  if (numbers !== expected) wrongs.add('runs of attempts', `${name}: ${numbers}, not ${expected}`);
  const claims = entries.filter((entry) => entry.e === 'claim');
  for (const [attempt, same] of Map.groupBy(claims, (claim) => claim.attempt)) {
    if (same.length > 1) wrongs.add('attempt handed out twice', `${name}, attempt ${attempt}`);
    const run = job.runs.find((each) => each.attempt === attempt);
    if (run?.id !== same[0]?.run) wrongs.add('claim of another run', `${name}, ${attempt}`);
  }
}

/** What counts against it stays within its policy, and nothing is given back that no worker gave. */
function judgeCharges(job: SeenJob, { wish }: Submission, entries: OfJob, wrongs: Wrongs): void {
  const name = `job ${job.id}`;
  const requeues = requeuesOf(job);
  const numbers = requeues.map(({ attempt }) => attempt).toSorted((a, b) => a - b);
  const wasRequeued = (attempt: number): boolean => numbers.includes(attempt);
  for (let attempt = 1; attempt < job.attempt; attempt += 1) {
    const lines = numbers.filter((number) => number === attempt).length;
    if (lines !== 1) wrongs.add('requeue not told once', `${name}, attempt ${attempt}: ${lines}`);
  }
  const limit = wish.retry?.attempts ?? DEFAULT_ATTEMPTS;
  const charged = requeues.filter(({ why }) => why !== 'worker_stopped');
  const tries = charged.length + (wasRequeued(job.attempt) || job.attempt === 0 ? 0 : 1);
  if (tries > limit) wrongs.add('tried beyond its policy', `${name}: ${tries} of ${limit}`);
  for (const { attempt, why } of requeues) {
    if (why === 'worker_lost') continue;
    if (why === 'worker_stopped') {
      const gave = entries.some(
        (e) => e.e === 'ending' && e.how === 'released' && e.attempt === attempt,
      );
      if (!gave) wrongs.add('released by nobody', `${name}, attempt ${attempt}`);
      continue;
    }
    const code = wish.codes[Math.min(attempt, wish.codes.length) - 1];
    const isNamed = wish.retry?.exitCodes.includes(code ?? 0) === true;
    if (why !== `exit code ${code}` || !isNamed) {
      wrongs.add('tried again for no reason', `${name}, attempt ${attempt}: ${why}`);
    }
  }
}

const LAST_RUN: Readonly<Record<string, readonly string[]>> = {
  worker_lost: ['KILLED'],
  cancelled: ['KILLED'],
  queue_timeout: ['KILLED'],
};

function judgeRuns(job: SeenJob, wrongs: Wrongs): void {
  for (const { attempt, status } of job.runs) {
    const isLast = attempt === job.attempt;
    const ended =
      job.status === 'finished' ? ['FINISHED'] : (LAST_RUN[job.reason ?? ''] ?? ['FAILED']);
    const expected = isLast ? ended : ['KILLED'];
    if (!expected.includes(status)) {
      wrongs.add(
        'status of a run',
        `job ${job.id} (${job.status}, ${job.reason}), ${attempt}: ${status}`,
      );
    }
  }
}

/** What a worker was told of the end of an attempt is what everybody sees. */
function judgeEnds(job: SeenJob, entries: OfJob, wrongs: Wrongs): void {
  for (const entry of entries) {
    if (entry.e !== 'ended' || entry.how !== 'finished') continue;
    const isSo = job.status === 'finished' && job.attempt === entry.attempt;
    if (!isSo && job.reason !== 'cancelled') {
      wrongs.add('finish taken back', `job ${job.id}, attempt ${entry.attempt}: ${job.status}`);
    }
  }
  const sent = entries.some(
    (e) => e.e === 'ending' && e.how === 'finished' && e.attempt === job.attempt,
  );
  if (job.status === 'finished' && !sent) wrongs.add('finished by nobody', `job ${job.id}`);
}

/** Everything about the attempts of all jobs. */
export function judgeAttempts(
  { jobs }: History,
  known: (job: SeenJob) => { readonly submission: Submission | undefined; readonly entries: OfJob },
  wrongs: Wrongs,
): void {
  for (const job of jobs.values()) {
    const { submission, entries } = known(job);
    if (submission === undefined) continue;
    judgeCourse(job, entries, wrongs);
    judgeCharges(job, submission, entries, wrongs);
    judgeRuns(job, wrongs);
    judgeEnds(job, entries, wrongs);
  }
}
