import type { JobClaim, Progress, Usage } from '#domain/jobs/protocol.ts';
import type { Clock } from '#kernel/clock.ts';
import type { LogSink } from './child-log.ts';
import type { Fence, WorkerClient } from './client.ts';
import type { ReachPoint } from './faults.ts';
import type { Halt } from './halt.ts';
import type { WorkerLog } from './log.ts';
import type { Runtime } from './python.ts';
import type { Launcher } from './sandbox/launch.ts';

export interface JobDeps {
  readonly client: WorkerClient;
  /** Base URL of the API, as the child may use it. */
  readonly apiUrl: string;
  readonly runtime: Runtime;
  readonly launcher: Launcher;
  /** An existing folder of this consumer; each attempt gets a new one below it. */
  readonly baseDir: string;
  /** PATH of the child. */
  readonly path: string;
  readonly clock: Clock;
  readonly log: WorkerLog;
  readonly reach: ReachPoint;
}

export interface Stopping {
  /** The consumer must stop: end the child and give the job back. */
  readonly stop: AbortSignal;
  /** Time is over: kill and leave everything as it is. */
  readonly abandon: AbortSignal;
  /** Of the time between the two, what the child's end may take. */
  readonly graceMs: number;
}

export type JobEnd = 'finished' | 'failed' | 'released' | 'lost';

export interface Outcome {
  readonly outcome: 'finished' | 'failed';
  readonly reason?: string;
  readonly message?: string;
  /** Of the job's program, where it failed. */
  readonly exitCode?: number;
  readonly artifacts: Parameters<WorkerClient['finish']>[1]['artifacts'];
}

/** What the child says of itself, besides its log: the latest of each. */
export interface Told {
  /** Taken by the heartbeat that passes it on, or else by the end. */
  progress?: Progress | undefined;
  usage?: Usage;
}

export interface Attempt {
  readonly deps: JobDeps;
  readonly claim: JobClaim;
  readonly fence: Fence;
  readonly halt: Halt;
  readonly sink: LogSink;
  readonly stopping: Stopping;
  readonly told: Told;
  /** The child has ended: a stop now lets the upload end first. */
  childEnded: boolean;
}

const MAX_MESSAGE = 2_000;

export const failed = (reason: string, message: string, exitCode?: number): Outcome => ({
  outcome: 'failed',
  reason,
  message: message.toWellFormed().replaceAll(/\s+/g, ' ').slice(0, MAX_MESSAGE).toWellFormed(),
  ...(exitCode === undefined ? {} : { exitCode }),
  artifacts: [],
});
