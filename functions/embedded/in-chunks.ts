import { setImmediate } from 'node:timers/promises';

const CHUNK = 200;

/** Does something with all, some at a time, so that nobody else waits for long. */
export async function inChunks<T>(
  all: readonly T[],
  act: (some: readonly T[]) => void | Promise<void>,
): Promise<void> {
  for (let at = 0; at < all.length; at += CHUNK) {
    if (at > 0) await setImmediate();
    await act(all.slice(at, at + CHUNK));
  }
}
