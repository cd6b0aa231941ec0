import type { JobClaim } from '#domain/jobs/protocol.ts';
import { randomIds } from '#kernel/ids.ts';
import type { WorkerClient } from './client.ts';
import { rest } from './shift.ts';

export interface PollOptions {
  readonly client: Pick<WorkerClient, 'claim'>;
  /** How long one call may wait. */
  readonly waitSeconds: number;
  /** Asks for nothing more. */
  readonly ended: AbortSignal;
  /** Not even for what a call got that was cut off. */
  readonly abandon: AbortSignal;
}

export interface Claimed {
  readonly claim: JobClaim;
  /** When it was asked for. */
  readonly askedAt: number;
}

/** Asks the API for jobs where no queue tells of them. */
export interface Poller {
  /** The next job for `worker`; null when none came. */
  next(worker: string): Promise<Claimed | null>;
}

const FIRST_PAUSE_SECONDS = 1;
const BY_MESSAGES =
  'the pool is not external, so its jobs come by messages, which this worker does not get';

/** Asking will never bring a job. */
export class NothingToAskFor extends Error {
  override readonly name = 'NothingToAskFor';
}

/** Longer each time that nothing came, up to what the API asks for; with jitter. */
export const pauseMs = (most: number, quiet: number): number =>
  Math.min(most, FIRST_PAUSE_SECONDS * 2 ** Math.min(quiet, 10)) *
  (0.75 + Math.random() / 4) *
  1000;

/**
 * One caller asks at a time: an idle worker costs the API the same, however many jobs it may run.
 * Where no call waits it pauses in between, so that a job is found within the pause.
 */
export function poller(options: PollOptions): Poller {
  let turn: Promise<unknown> = Promise.resolve();
  let quiet = 0;
  const ask = async (worker: string): Promise<Claimed | null> => {
    if (options.ended.aborted) return null;
    const askedAt = performance.now();
    const { claim, pauseSeconds = 0, byMessages } = await claimOrWithdraw(options, worker);
    if (byMessages === true) throw new NothingToAskFor(BY_MESSAGES);
    if (claim !== null) {
      quiet = 0;
      return { claim, askedAt };
    }
    await rest(pauseMs(pauseSeconds, quiet), options.ended);
    quiet += 1;
    return null;
  };
  return {
    next(worker) {
      const mine = turn.then(() => ask(worker));
      turn = mine.catch(() => undefined);
      return mine;
    },
  };
}

/** A stop need not wait for the answer: the same call again gets what it got, to be given back. */
async function claimOrWithdraw({ client, waitSeconds, ended, abandon }: PollOptions, name: string) {
  const wish = { worker: name, call: randomIds.hex32(), waitSeconds };
  try {
    return await client.claim(wish, ended);
  } catch (error) {
    if (!ended.aborted || abandon.aborted) throw error;
    return client.claim({ ...wish, waitSeconds: 0 }, abandon);
  }
}
