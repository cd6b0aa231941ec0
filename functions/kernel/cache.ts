import type { Clock } from './clock.ts';

/**
 * A small cache of one process: entries live until their time ends or, when it is full, until
 * they are the least recently used. Nothing here may be needed for correctness.
 */
export interface Cache {
  get<T>(key: string): T | undefined;
  /**
   * `seconds` of life; without it until evicted, for what never changes. Large values tell about
   * how many `bytes` they take: together they stay within a bound.
   */
  set<T>(key: string, value: T, seconds?: number, bytes?: number): void;
  delete(key: string): void;
  clear(): void;
}

interface Entry {
  readonly value: unknown;
  readonly until: number;
  readonly bytes: number;
}

const MAX_BYTES = 32 * 1024 * 1024;

export function createCache(clock: Clock, maxEntries = 5_000, maxBytes = MAX_BYTES): Cache {
  const entries = new Map<string, Entry>();
  let total = 0;
  const drop = (key: string): void => {
    total -= entries.get(key)?.bytes ?? 0;
    entries.delete(key);
  };
  return {
    get<T>(key: string): T | undefined {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (entry.until <= clock.now()) {
        drop(key);
        return undefined;
      }
      entries.delete(key);
      entries.set(key, entry);
      return entry.value as T;
    },
    set(key, value, seconds, bytes = 0) {
      drop(key);
      // One value must not push out all the others.
      if (bytes > maxBytes / 4) return;
      const until = seconds === undefined ? Number.POSITIVE_INFINITY : clock.now() + seconds * 1000;
      entries.set(key, { value, until, bytes });
      total += bytes;
      for (const oldest of entries.keys()) {
        if (entries.size <= maxEntries && total <= maxBytes) return;
        drop(oldest);
      }
    },
    delete: drop,
    clear: () => {
      entries.clear();
      total = 0;
    },
  };
}
