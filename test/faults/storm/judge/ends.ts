import type { History, SeenJob } from '../collect.ts';
import type { Submission } from '../driver.ts';
import { type OfJob, requeuesOf } from './attempts.ts';
import type { Wrongs } from './wrongs.ts';

/** The exit code of its last attempt, where that came to its end. */
const lastCode = ({ wish: { codes } }: Submission, { attempt }: SeenJob): number =>
  codes[Math.min(attempt, codes.length) - 1] ?? 0;

type Rule = (job: SeenJob, submission: Submission, history: History) => boolean;

const DEFAULT_ATTEMPTS = 3;
/** The platform could not do its part, which a storm may well bring about. */
const STORM = /could not be stored|could not be fetched|could not run the job|refused the result/;

/** When a job may have ended so. */
const RULES: Readonly<Record<string, Rule>> = {
  finished: (job, submission) => lastCode(submission, job) === 0,
  cancelled: (job, { wish }) => job.status === 'failed' && wish.cancelAfterMs !== undefined,
  timeout: (_, { wish }) => wish.timeout !== undefined,
  queue_timeout: (_, { wish }) => wish.queueTimeout !== undefined,
  worker_lost: (job, { wish }) =>
    requeuesOf(job).filter(({ why }) => why !== 'worker_stopped').length + 1 ===
    (wish.retry?.attempts ?? DEFAULT_ATTEMPTS),
  runtime_error: (job, submission) =>
    lastCode(submission, job) !== 0 || STORM.test(job.message ?? ''),
  dependency_failed: (job, { dependsOn }, { jobs }) =>
    job.attempt === 0 && dependsOn.some((id) => jobs.get(id)?.status !== 'finished'),
};

/** Whether the platform failed it, not its own program. */
export const isOfTheStorm = (job: SeenJob): boolean =>
  job.reason === 'runtime_error' && STORM.test(job.message ?? '');

/** Each job ended in a way that it may have ended in. */
export function judgeReasons(
  history: History,
  submissionOf: (job: SeenJob) => Submission | undefined,
  wrongs: Wrongs,
): void {
  for (const job of history.jobs.values()) {
    const submission = submissionOf(job);
    if (submission === undefined) continue;
    const how = job.status === 'failed' ? (job.reason ?? 'nothing') : job.status;
    const isFine = RULES[how]?.(job, submission, history) === true;
    if (!isFine) wrongs.add('ended strangely', `job ${job.id} ${how}: ${job.message}`);
  }
}

/** A cancel that was answered holds. */
export function judgeCancels({ cancels, jobs }: History, wrongs: Wrongs): number {
  const held = cancels.filter(({ outcome }) => outcome === 'cancelled');
  for (const { job } of held) {
    const { status, reason } = jobs.get(job) ?? {};
    if (status !== 'failed' || reason !== 'cancelled') {
      wrongs.add('cancel undone', `job ${job} is ${status} (${reason})`);
    }
  }
  return held.length;
}

/** When something of it certainly began, and when its end cannot have been before. */
const firstClaim = (entries: OfJob): number =>
  Math.min(...entries.flatMap((e) => (e.e === 'claim' ? [e.t] : [])));
const lastEnding = (entries: OfJob): number =>
  Math.min(...entries.flatMap((e) => (e.e === 'ending' && e.how === 'finished' ? [e.t] : [])));

/** A job with dependencies starts after all have finished, and fails where one does not. */
export function judgeDependencies(
  { jobs }: History,
  known: (job: SeenJob) => { readonly submission: Submission | undefined; readonly entries: OfJob },
  wrongs: Wrongs,
): number {
  let pairs = 0;
  for (const job of jobs.values()) {
    const { submission, entries } = known(job);
    for (const id of submission?.dependsOn ?? []) {
      const dependency = jobs.get(id);
      if (dependency === undefined) continue;
      pairs += 1;
      const isMet = dependency.status === 'finished';
      if (!isMet && job.attempt > 0) {
        wrongs.add('ran without its dependency', `job ${job.id} on ${id}, ${dependency.status}`);
      }
      if (!isMet && job.status !== 'failed') wrongs.add('dependant not failed', `job ${job.id}`);
      if (firstClaim(entries) < lastEnding(known(dependency).entries)) {
        wrongs.add('ran before its dependency', `job ${job.id} on ${id}`);
      }
    }
  }
  return pairs;
}
