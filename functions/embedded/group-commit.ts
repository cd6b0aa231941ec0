import { setImmediate } from 'node:timers';
import type { Database } from './sqlite.ts';

/** Works of one transaction at most, so that other processes get their turn. */
const MAX_TOGETHER = 64;

interface Waiting {
  readonly work: () => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Runs a work in a transaction, which it may share with others; settles once that is committed. */
export interface GroupCommit {
  <T>(work: () => T): Promise<T>;
  /** Commits now what waits. */
  flush(): void;
}

/**
 * Commits together what is asked for at the same time: a commit costs more than what most works
 * write, and requests that run side by side write to the same pages. A work may be run twice, the
 * first time in vain, so it must do nothing but read and write this database.
 */
export function groupCommit({ immediate }: Pick<Database, 'immediate'>): GroupCommit {
  let waiting: Waiting[] = [];
  const alone = ({ work, resolve, reject }: Waiting): void => {
    try {
      resolve(immediate(work));
    } catch (error) {
      reject(error);
    }
  };
  const commit = (group: readonly Waiting[]): void => {
    let isBegun = false;
    try {
      const results = immediate(() => {
        isBegun = true;
        return group.map(({ work }) => work());
      });
      group.forEach(({ resolve }, at) => {
        resolve(results[at]);
      });
    } catch (error) {
      // One failure took everything back: alone, each shows whether it was its own.
      for (const each of group) isBegun ? alone(each) : each.reject(error);
    }
  };
  const flush = (): void => {
    const all = waiting;
    waiting = [];
    for (let at = 0; at < all.length; at += MAX_TOGETHER) {
      commit(all.slice(at, at + MAX_TOGETHER));
    }
  };
  const together = <T>(work: () => T): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      // Once the requests that came in together have all been heard: so others have their turn, too,
      // between the steps of what is long, such as an import.
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ work, resolve: resolve as Waiting['resolve'], reject });
    });
  return Object.assign(together, { flush });
}
