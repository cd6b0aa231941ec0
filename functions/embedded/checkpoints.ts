import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * Moves what is written to SQLite files from their logs into the files, in a thread of its own: it
 * is what takes longest of a write and waits for the disk, and no request has to wait for it. Tells
 * of an error that ends it; the database then does it itself, if more seldom. Returns what stops it.
 */
export function startCheckpoints(
  paths: readonly string[],
  onFailure: (error: unknown) => void,
): () => Promise<void> {
  const thread = new Worker(new URL('./checkpointer.ts', import.meta.url), { workerData: paths });
  const ended = once(thread, 'exit').catch(onFailure);
  thread.unref();
  return async () => {
    thread.ref();
    thread.postMessage('stop');
    await ended;
  };
}
