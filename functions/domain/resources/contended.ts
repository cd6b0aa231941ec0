import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';

const ROUNDS = 10;
const LONGEST_WAIT_MS = 500;

const isConflict = ({ reason }: AppError): boolean => reason === 'write_conflict';

/** Half of the wait is random, so that those who collided part. */
function waitOf(ctx: Pick<Context, 'ids'>, round: number): number {
  const longest = Math.min(LONGEST_WAIT_MS, 20 * 2 ** round);
  return longest * (0.5 + ctx.ids.fraction() / 2);
}

/**
 * Does what others may get in the way of, anew when they did, for some three seconds at most: `act`
 * looks at what is there each time. What a try in vain was about is not in the record of the call.
 */
export async function whileContended<T>(
  ctx: Context,
  act: () => Promise<T>,
  isOvertaken: (error: AppError) => boolean = isConflict,
): Promise<T> {
  const rewind = ctx.trail?.mark();
  for (let round = 1; ; round += 1) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof AppError && isOvertaken(error)) || round === ROUNDS) throw error;
      rewind?.();
      await sleep(waitOf(ctx, round));
    }
  }
}
