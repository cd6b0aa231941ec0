/** Runs in a thread of its own, see checkpoints.ts: any message ends it. */
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

const EVERY_MS = 250;
/** A log of so many bytes is begun anew: until then nobody's write waits for the disk. */
const LONG_BYTES = 16 * 1024 * 1024;
/** How long it waits for a writer before it leaves that to the next time. */
const WAIT_MS = 100;

const files = (workerData as readonly string[]).map((path) => ({
  log: `${path}-wal`,
  database: new DatabaseSync(path, { timeout: WAIT_MS }),
  seen: '',
}));

const timer = setInterval(() => {
  for (const file of files) {
    const { mtimeMs = 0, size = 0 } = statSync(file.log, { throwIfNoEntry: false }) ?? {};
    const state = `${size} ${mtimeMs}`;
    if (state === file.seen) continue;
    file.seen = state;
    // Nobody waits for the first, which does almost everything; for the second, writers do.
    file.database.exec('PRAGMA wal_checkpoint(PASSIVE)');
    if (size >= LONG_BYTES) file.database.exec('PRAGMA wal_checkpoint(RESTART)');
  }
}, EVERY_MS);

parentPort?.once('message', () => {
  clearInterval(timer);
  for (const { database } of files) database.close();
});
