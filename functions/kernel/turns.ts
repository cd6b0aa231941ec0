import { unavailable } from './errors.ts';

/** Runs a task when it is its turn. Throws `unavailable` when too many wait. */
export type Turns = <T>(task: () => Promise<T>) => Promise<T>;

/** At most `atOnce` tasks at a time, for what takes much memory; `maxWaiting` more wait in order. */
export function createTurns(atOnce: number, maxWaiting: number, refusal: string): Turns {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (running >= atOnce) {
      if (waiting.length >= maxWaiting) throw unavailable(refusal);
      // Whoever finishes hands its place over, so `running` stays as it is.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running += 1;
    }
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
