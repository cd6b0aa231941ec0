import type { Clock } from './clock.ts';

/**
 * A small cache of one process: entries live until their time ends or, when it is full, until
 * they are the least recently used. Nothing here may be needed for correctness.
 */
export interface Cache {
  get<T>(key: string): T | undefined;
  /** `seconds` of life; without it until evicted, for what never changes. */
  set<T>(key: string, value: T, seconds?: number): void;
  delete(key: string): void;
  clear(): void;
}

export function createCache(clock: Clock, maxEntries = 5_000): Cache {
  const entries = new Map<string, { value: unknown; until: number }>();
  return {
    get<T>(key: string): T | undefined {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      if (entry.until <= clock.now()) return undefined;
      entries.set(key, entry);
      return entry.value as T;
    },
    set(key, value, seconds) {
      entries.delete(key);
      const until = seconds === undefined ? Number.POSITIVE_INFINITY : clock.now() + seconds * 1000;
      entries.set(key, { value, until });
      if (entries.size <= maxEntries) return;
      const oldest = entries.keys().next();
      if (!oldest.done) entries.delete(oldest.value);
    },
    delete: (key) => void entries.delete(key),
    clear: () => entries.clear(),
  };
}
