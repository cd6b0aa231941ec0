import type { Context } from '#kernel/context.ts';
import type { Job } from '../job.ts';
import { durationSeconds } from '../submit/duration.ts';

/** How a job is queued: what goes on its row, whether it waits at once, and when the sweeper looks. */
export interface QueuePlace {
  readonly row: Pick<Job, 'notBefore' | 'queueUntil'>;
  readonly waits: boolean;
  readonly look: number | undefined;
}

/** A place in the queue from now on or, with a delay, later; its time there counts from then. */
export function queuePlace(
  ctx: Pick<Context, 'clock'>,
  { queueTimeout }: Pick<Job['data'], 'queueTimeout'>,
  delayMs = 0,
): QueuePlace {
  const from = ctx.clock.now() + delayMs;
  const notBefore = delayMs > 0 ? from : undefined;
  const queueUntil =
    queueTimeout === undefined ? undefined : from + durationSeconds(queueTimeout) * 1000;
  return {
    row: {
      ...(notBefore === undefined ? {} : { notBefore }),
      ...(queueUntil === undefined ? {} : { queueUntil }),
    },
    waits: notBefore === undefined,
    look: notBefore ?? queueUntil,
  };
}
