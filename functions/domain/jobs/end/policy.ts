import type { Job, RetryPolicy } from '../job.ts';

/** What holds for jobs that say nothing: lost workers are made up for twice, and no exit code is. */
const DEFAULT_ATTEMPTS = 3;
const MAX_BACKOFF_SECONDS = 3_600;

/** Attempts that count against the job: releases of workers that must stop do not. */
export const spentAttempts = ({ lost, retried = 0 }: Pick<Job, 'lost' | 'retried'>): number =>
  lost + retried;

/** Whether a job may be tried once more after an attempt that counts. */
export const mayTryAgain = (job: Job): boolean =>
  spentAttempts(job) + 1 < (job.data.retry?.attempts ?? DEFAULT_ATTEMPTS);

export const isRetryable = ({ data }: Job, exitCode: number | undefined): boolean =>
  exitCode !== undefined && data.retry?.exitCodes.includes(exitCode) === true;

/**
 * Milliseconds before an attempt that follows `spent` of them: doubled each time, by `chance` between half
 * and all of it, so that jobs that failed together do not come back together. A lost worker has cost a
 * lease already: without a policy the next attempt follows at once.
 */
export function backoffMs(policy: RetryPolicy | undefined, spent: number, chance: number): number {
  const seconds = Math.min(
    MAX_BACKOFF_SECONDS,
    (policy?.backoffSeconds ?? 0) * 2 ** Math.min(spent - 1, 30),
  );
  return Math.ceil(seconds * 1000 * (0.5 + chance / 2));
}
