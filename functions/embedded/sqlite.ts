import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

/** Pass instead of a path for a database that lives as long as the process. */
const IN_MEMORY = ':memory:';

const BUSY_TIMEOUT_MS = 5_000;
const RETRY_PAUSE_MS = 20;
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;

const isBusy = (error: unknown): boolean => {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  return code === SQLITE_BUSY || code === SQLITE_LOCKED;
};

const pause = (milliseconds: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
};

// SQLite does not call its busy handler while it switches a new file to WAL, so processes that
// open the file together would fail here without patience of our own.
const patiently = (work: () => void): void => {
  const giveUpAt = performance.now() + BUSY_TIMEOUT_MS;
  for (;;) {
    try {
      work();
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > giveUpAt) throw error;
      pause(RETRY_PAUSE_MS);
    }
  }
};

/** A database with its transaction statements prepared. */
export interface Database {
  readonly handle: DatabaseSync;
  prepare(sql: string): StatementSync;
  /** Runs `work` alone among all writers; what it throws takes everything back. */
  immediate<T>(work: () => T): T;
  close(): void;
}

/** 64 MB: only what writes without pause for long meets this, see checkpoints.ts. */
const MOST_LOG_PAGES = 16_000;

const configure = (handle: DatabaseSync, schema: string): void => {
  patiently(() => handle.exec('PRAGMA journal_mode = WAL'));
  handle.exec(
    `PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY;
     PRAGMA wal_autocheckpoint = ${MOST_LOG_PAGES}`,
  );
  patiently(() => handle.exec(`BEGIN IMMEDIATE; ${schema}; COMMIT`));
};

/** Opens a file that several processes may share, and creates what `schema` names. */
export const openDatabase = (path: string, schema: string): Database => {
  if (path !== IN_MEMORY) mkdirSync(dirname(path), { recursive: true });
  const handle = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  configure(handle, schema);
  const begin = handle.prepare('BEGIN IMMEDIATE');
  const commit = handle.prepare('COMMIT');
  const rollback = handle.prepare('ROLLBACK');
  return {
    handle,
    prepare: (sql) => handle.prepare(sql),
    immediate: (work) => {
      begin.run();
      try {
        const result = work();
        commit.run();
        return result;
      } catch (error) {
        if (handle.isTransaction) rollback.run();
        throw error;
      }
    },
    close: () => {
      if (handle.isOpen) handle.close();
    },
  };
};
