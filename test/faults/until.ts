import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until it is so; fails after `seconds`. Gives how long that took, in milliseconds. */
export async function until(
  what: string,
  probe: () => boolean | Promise<boolean>,
  seconds = 60,
): Promise<number> {
  const from = performance.now();
  while (!(await probe())) {
    if (performance.now() - from > seconds * 1000) throw new Error(`Waited too long: ${what}.`);
    await sleep(50);
  }
  return performance.now() - from;
}
