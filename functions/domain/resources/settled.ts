import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '#kernel/context.ts';

/** Longer than any transaction takes from the time that it carries to its answer, after which all see it whole. */
const FRESH_MS = 5_000;
const WAITS_MS = [20, 60, 120];

/** Whether what was written then, by whichever process, may not be seen whole yet. */
export const isFresh = (ctx: Pick<Context, 'clock'>, writtenOn: number): boolean =>
  ctx.clock.now() - writtenOn < FRESH_MS;

/**
 * Reads again, a few times, until it is whole. While a transaction of DynamoDB is being applied, who
 * reads several of its items may see some of them new and some as they were.
 */
export async function untilSettled<T>(
  read: () => Promise<T>,
  isWhole: (value: T) => boolean,
): Promise<T> {
  let value = await read();
  for (const wait of WAITS_MS) {
    if (isWhole(value)) break;
    await sleep(wait);
    value = await read();
  }
  return value;
}
