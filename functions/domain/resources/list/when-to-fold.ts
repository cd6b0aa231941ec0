import type { Cache } from '#kernel/cache.ts';
import { AppError } from '#kernel/errors.ts';
import { loadOnce } from '#kernel/load-once.ts';
import type { ListStore } from './types.ts';

/** Journal entries at which a fold is worth its writes. */
export const FOLD_AT = 32;
const FOLDING_SECONDS = 10;
/** Between two folds of a list: one that is written without pause is folded in larger portions. */
const REST_SECONDS = 0.05;
const FOLDING = 'list-folding#';

/** One write in many folds: only then is what folds loaded. */
const folds = loadOnce(() => import('./fold.ts'));

/** A cache with which no list is folded. */
export const withoutFolds = (cache: Cache): Cache => ({
  ...cache,
  get: <T>(key: string) => (key.startsWith(FOLDING) ? (true as T) : cache.get<T>(key)),
});

/** Folds unless this process is at it already, or has just been. */
export async function foldOnce(store: ListStore, list: string): Promise<void> {
  const flag = FOLDING + list;
  if (store.cache.get<true>(flag)) return;
  store.cache.set(flag, true, FOLDING_SECONDS);
  try {
    const { foldList } = await folds();
    await foldList(store, list);
  } catch (error) {
    // The list is right without this fold, and another one will come.
    if (!(error instanceof AppError && error.code === 'unavailable')) throw error;
  } finally {
    store.cache.set(flag, true, REST_SECONDS);
  }
}

/**
 * For writers, after their transaction: folds now and then; to be deferred. `position` is that
 * of the row just written.
 */
export async function maybeFold(store: ListStore, list: string, position: number): Promise<void> {
  if (position % FOLD_AT === 0) await foldOnce(store, list);
}
