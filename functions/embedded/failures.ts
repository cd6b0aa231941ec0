import { AppError, unavailable } from '#kernel/errors.ts';

// SQLite answered with an error (locked for too long, disk full), or the database is closed.
const OUT_OF_REACH: readonly unknown[] = ['ERR_SQLITE_ERROR', 'ERR_INVALID_STATE'];

const isOutOfReach = (error: unknown): boolean =>
  error instanceof Error &&
  // Only errors of the operating system name a system call.
  (('code' in error && OUT_OF_REACH.includes(error.code)) || 'syscall' in error);

/** What a port throws for `error`: `unavailable` for a store out of reach, else the error itself. */
export const portError = (what: string, error: unknown): unknown =>
  !(error instanceof AppError) && isOutOfReach(error)
    ? unavailable(`${what} could not be reached. Try again.`, error)
    : error;

export const translated = <T>(what: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw portError(what, error);
  }
};

export const translatedAsync = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw portError(what, error);
  }
};
