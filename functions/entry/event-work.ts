import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { compactEvents, type StoreTask, storeEvents } from '#domain/events/index.ts';
import { openParquet } from '#duckdb/parquet.ts';
import type { Platform } from '#kernel/context.ts';
import type { Parquet } from '#kernel/parquet.ts';
import { adminOf } from './admin.ts';

/** Beside everything else that the process does; an hour of more is sorted on the disk. */
const MEMORY_MB = 256;
const DISK_MB = 8 * 1024;

/** One at a time; who is told to begin meanwhile need not. */
function single(work: () => Promise<unknown>): () => Promise<void> {
  let running = false;
  return async () => {
    if (running) return;
    running = true;
    try {
      await work();
    } finally {
      running = false;
    }
  };
}

interface EventWork {
  store(task: StoreTask): Promise<void>;
  compact(): Promise<void>;
}

/** What the functions that store and compact events do, in the process of the server. */
export function eventWork(platform: Platform, folder: string): EventWork {
  const { system } = adminOf(platform);
  let parquet: Parquet | undefined;
  const open = async (): Promise<Parquet> => {
    await rm(join(folder, 'merge'), { recursive: true, force: true });
    const { blobs } = platform;
    return openParquet({ blobs, folder, memoryMb: MEMORY_MB, threads: 1, diskMb: DISK_MB });
  };
  return {
    async store({ slot }) {
      await storeEvents(system, { slot, waitSeconds: 0 });
    },
    compact: single(async () => {
      parquet ??= await open();
      await compactEvents(system, parquet);
    }),
  };
}
