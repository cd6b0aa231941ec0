import { duration } from '../../data/format.ts';

export type JobStatus = 'queued' | 'started' | 'deferred' | 'finished' | 'failed';
type Tone = 'plain' | 'good' | 'bad' | 'warn' | 'busy';

interface Standing {
  readonly status: JobStatus;
  readonly reason: string | null;
}

interface Waiting {
  readonly dependsOn: readonly number[];
  readonly queue: { readonly name: string };
}

interface Lasting {
  readonly status: JobStatus;
  readonly lastModifiedOn: string;
  readonly resources: { readonly seconds: number } | null;
}

/** Whether it has still to end, so that what is shown of it is not for long. */
export const isUnsettled = (status: JobStatus): boolean =>
  status !== 'finished' && status !== 'failed';

/** Whether a job may be cancelled: it has not ended, and nobody has asked for its end. */
export const mayCancel = ({ status, reason }: Standing): boolean =>
  isUnsettled(status) && reason !== 'cancelling';

const WORDS: { readonly [status in JobStatus]: string } = {
  queued: 'Waiting',
  deferred: 'Waiting for jobs',
  started: 'Running',
  finished: 'Finished',
  failed: 'Failed',
};

/** Where a job stands, in a word or two. */
export function stateWord({ status, reason }: Standing): string {
  if (reason === 'cancelling') return 'Stopping';
  if (status === 'failed' && reason === 'cancelled') return 'Cancelled';
  return WORDS[status];
}

const TONES: { readonly [status in JobStatus]: Tone } = {
  queued: 'plain',
  deferred: 'plain',
  started: 'busy',
  finished: 'good',
  failed: 'bad',
};

export const stateTone = ({ status, reason }: Standing): Tone =>
  reason === 'cancelling' || reason === 'cancelled' ? 'warn' : TONES[status];

const REASONS: { readonly [reason: string]: string } = {
  task_failed: 'Its own code failed.',
  runtime_error: 'The worker could not run it, or could not store what it made.',
  timeout: 'It ran longer than it was allowed to.',
  cancelled: 'Somebody cancelled it.',
  cancelling: 'Somebody cancelled it; its worker is stopping it.',
  worker_lost: 'The worker that ran it was not heard of any more.',
  worker_stopped: 'Its worker had to stop and gave it back.',
  queue_timeout: 'No worker started it in the time that it was allowed to wait.',
  dependency_failed: 'A job that it depends on failed.',
  failed: 'Whoever ran it said so, without a reason.',
};

/** A word that the server gives for why a job failed, as a sentence. */
export const reasonSentence = (reason: string): string =>
  REASONS[reason] ?? `The reason given is "${reason}".`;

/** What a job waits for or does, or how it ended. */
export function standing(job: Standing & Waiting): string {
  if (job.reason !== null) return reasonSentence(job.reason);
  if (job.status === 'deferred') {
    return job.dependsOn.length === 0
      ? 'It waits until it is started from outside.'
      : 'It waits for the jobs that it depends on.';
  }
  if (job.status === 'queued') return `It waits for a worker in the queue "${job.queue.name}".`;
  if (job.status === 'started') return 'A worker runs it.';
  return job.status === 'finished' ? 'It ended as it should.' : 'It failed.';
}

/** Seconds that a job has run; of one that ended, as its workers counted them. `undefined`: nobody knows. */
export function secondsOf(job: Lasting, now: number): number | undefined {
  const before = job.resources?.seconds;
  if (job.status !== 'started') return before;
  const sinceStart = Math.max(0, now - new Date(job.lastModifiedOn).getTime()) / 1000;
  return (before ?? 0) + sinceStart;
}

/** "3.6 s"; of what runs in whole seconds, as it grows. */
export function durationOf(job: Lasting, now: number): string {
  const seconds = secondsOf(job, now);
  if (seconds === undefined) return '–';
  return duration(job.status === 'started' ? Math.floor(seconds) : seconds);
}

/** Whether a job runs the archive of an MLproject, without an entrypoint and graph of its own here. */
export const isProject = ({
  entrypoint,
}: {
  readonly entrypoint: { readonly id: number };
}): boolean => entrypoint.id === 0;
