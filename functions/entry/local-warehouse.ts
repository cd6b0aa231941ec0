import { join } from 'node:path';
import type { Blobs } from '#kernel/blobs.ts';
import { loadOnce } from '#kernel/load-once.ts';
import type { Warehouse } from '#kernel/warehouse.ts';

/** Beside everything else that the process does; more goes to the disk. */
const MEMORY_MB = 768;
const DISK_MB = 8 * 1024;
const TIMEOUT_MS = 60_000;

/** DuckDB in this process, loaded with the first question; below `folder`, which is no other process's. */
export function localWarehouse(blobs: Blobs, folder: string): Warehouse {
  const opened = loadOnce(async () => {
    const { openDuckWarehouse } = await import('#duckdb/warehouse.ts');
    return openDuckWarehouse({
      blobs,
      folder: join(folder, 'ask'),
      memoryMb: MEMORY_MB,
      threads: 2,
      diskMb: DISK_MB,
      timeoutMs: TIMEOUT_MS,
    });
  });
  return { query: async (question) => (await opened()).query(question) };
}
