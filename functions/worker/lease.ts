import { setTimeout as wait } from 'node:timers/promises';
import type { JobClaim } from '#domain/jobs/protocol.ts';
import type { Told } from './attempt.ts';
import type { Fence, WorkerClient } from './client.ts';
import { after, type Halt } from './halt.ts';
import { explain, type WorkerLog } from './log.ts';

export interface LeaseOptions {
  readonly client: WorkerClient;
  readonly claim: JobClaim;
  /** When the claim was asked for: the lease cannot have begun earlier. */
  readonly askedAt: number;
  readonly halt: Halt;
  readonly log: WorkerLog;
  /** Where the child's progress waits for the next heartbeat. */
  readonly told: Pick<Told, 'progress'>;
}

export const fenceOf = ({ jobId, attempt, lease }: JobClaim): Fence => ({ jobId, attempt, lease });

/**
 * Renews the lease and hears "cancel". While no heartbeat gets through, work goes on until the
 * lease must have ended by the worker's own clock, and then stops by itself.
 */
export function keepLease(options: LeaseOptions): { stop(): void } {
  const { claim, askedAt, halt, log } = options;
  const stopped = new AbortController();
  const expire = () => {
    log('lease_ended', { jobId: claim.jobId, attempt: claim.attempt });
    halt.halt('lost');
  };
  const until = (from: number, seconds: number) =>
    after(from + seconds * 1000 - performance.now(), expire);
  let expiry = until(askedAt, claim.leaseSeconds);
  const renew = (from: number, seconds: number) => {
    clearTimeout(expiry);
    if (!stopped.signal.aborted) expiry = until(from, seconds);
  };
  const signal = AbortSignal.any([stopped.signal, halt.gone]);
  beat(options, renew, signal).catch((error: unknown) => {
    if (!signal.aborted) log('heartbeats_ended', { error: explain(error) });
  });
  return {
    stop() {
      stopped.abort();
      clearTimeout(expiry);
    },
  };
}

async function beat(
  { client, claim, halt, log, told }: LeaseOptions,
  renew: (from: number, seconds: number) => void,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await wait(claim.heartbeatSeconds * 1000, undefined, { signal });
    const from = performance.now();
    try {
      const { progress } = told;
      const answer = await client.heartbeat(fenceOf(claim), progress, signal);
      if (told.progress === progress) told.progress = undefined;
      if (!answer.held) {
        log('lease_lost', { jobId: claim.jobId, attempt: claim.attempt });
        halt.halt('lost');
        return;
      }
      renew(from, answer.value.leaseSeconds);
      if (answer.value.cancel) halt.halt('cancelled');
    } catch (error) {
      signal.throwIfAborted();
      log('heartbeat_failed', { jobId: claim.jobId, error: explain(error) });
    }
  }
}
