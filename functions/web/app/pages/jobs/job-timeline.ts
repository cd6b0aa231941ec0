import type { JobStatus } from './job-state.ts';

/** A version of a job: each change of its state makes one. */
export interface StateChange {
  readonly status: JobStatus;
  readonly reason: string | null;
  readonly snapshotCreatedOn: string;
  readonly user: { readonly username: string };
}

export interface TimelineEntry {
  readonly status: JobStatus;
  readonly reason: string | null;
  readonly at: number;
  /** Milliseconds until the next change, or until now; none for an end. */
  readonly lastedMs: number | undefined;
  /** The number of the attempt that began with it. */
  readonly attempt: number | undefined;
  readonly by: string;
  readonly isLast: boolean;
}

/** The states that a job went through, oldest first, with how long it was in each. */
export function timelineOf(changes: readonly StateChange[], now: number): readonly TimelineEntry[] {
  let attempts = 0;
  return changes.map(({ status, reason, snapshotCreatedOn, user }, index) => {
    const at = new Date(snapshotCreatedOn).getTime();
    const next = changes[index + 1];
    const isEnd = next === undefined && (status === 'finished' || status === 'failed');
    const until =
      next === undefined ? Math.max(now, at) : new Date(next.snapshotCreatedOn).getTime();
    if (status === 'started') attempts += 1;
    return {
      status,
      reason,
      at,
      lastedMs: isEnd ? undefined : until - at,
      attempt: status === 'started' ? attempts : undefined,
      by: user.username,
      isLast: next === undefined,
    };
  });
}

/** What an entry says: "Attempt 2 started", "Queued again". */
export function entryTitle(entry: TimelineEntry, index: number): string {
  if (entry.status === 'queued') return index === 0 ? 'Submitted' : 'Queued again';
  if (entry.status === 'deferred') return 'Waits for other jobs';
  if (entry.status === 'started') return `Attempt ${entry.attempt} started`;
  if (entry.status === 'finished') return 'Finished';
  return entry.reason === 'cancelled' ? 'Cancelled' : 'Failed';
}

interface Changing {
  readonly snapshot: number;
  readonly status: JobStatus;
  readonly reason: string | null;
}

/** A job with its state from its changes, where they were read after it and know of a later one. */
export function newestOf<Job extends Changing>(job: Job, changes: readonly Changing[] = []): Job {
  const last = changes.at(-1);
  if (last === undefined || last.snapshot <= job.snapshot) return job;
  return { ...job, status: last.status, reason: last.reason };
}
