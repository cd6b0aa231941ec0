import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ingestEvents, listEventObjects, storeEvents } from '#domain/events/index.ts';
import { type Duck, openDuck } from '#duckdb/instance.ts';
import { openParquet } from '#duckdb/parquet.ts';
import type { Blobs } from '#kernel/blobs.ts';
import type { Context } from '#kernel/context.ts';
import type { Parquet } from '#kernel/parquet.ts';

/** A stored event as a reader sees it. */
export interface SeenEvent {
  readonly uuid: string;
  readonly event: string;
  readonly distinct_id: string;
  readonly properties: string;
}

export interface EventTools {
  readonly parquet: Parquet;
  /** Another one, which knows nothing of what was fetched before, on other objects. */
  newParquet(blobs: Blobs): Parquet;
  /** Takes events as the system does for a group that showed its token. */
  ingest(
    ctx: Context,
    groupId: number,
    events: readonly unknown[],
  ): ReturnType<typeof ingestEvents>;
  /** Stores all that waits. */
  drain(ctx: Context): ReturnType<typeof storeEvents>;
  /** Every event in every object, those in several as often. */
  readAll(ctx: Context, groupId: number): Promise<readonly SeenEvent[]>;
  close(): Promise<void>;
}

const ALWAYS = [0, 4_000_000_000_000] as const;

async function readObject(blobs: Blobs, duck: Duck, folder: string, key: string) {
  const bytes = await blobs.get(key);
  if (bytes === undefined) return undefined;
  if (key.endsWith('.gz')) {
    const lines = gunzipSync(bytes).toString().split('\n').filter(Boolean);
    return lines.map((line): SeenEvent => {
      const { uuid, event, distinct_id, properties } = JSON.parse(line);
      return { uuid, event, distinct_id, properties: JSON.stringify(properties) };
    });
  }
  const file = join(folder, 'read.parquet');
  await writeFile(file, bytes);
  const rows = await duck.all(`SELECT uuid, event, distinct_id, properties FROM '${file}'`);
  return rows as unknown as readonly SeenEvent[];
}

/** What tests of stored events need, on a folder of its own. */
export async function eventTools(blobs: Blobs): Promise<EventTools> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-events-'));
  let opened = 0;
  const newParquet = (own: Blobs): Parquet => {
    opened += 1;
    const work = join(folder, `work${opened}`);
    return openParquet({ blobs: own, folder: work, memoryMb: 256, threads: 1, diskMb: 256 });
  };
  const own = { folder: join(folder, 'reads'), memoryMb: 128, threads: 1, spillMb: 64 };
  const duck = await openDuck(own);
  return {
    parquet: newParquet(blobs),
    newParquet,
    ingest: (ctx, groupId, events) =>
      ingestEvents(ctx, {
        groupId,
        receivedOn: ctx.clock.now(),
        parsed: { events, historical: false },
      }),
    drain: (ctx) => storeEvents(ctx, { slot: 7, waitSeconds: 0 }),
    async readAll(ctx, groupId) {
      const hours = await listEventObjects(ctx, groupId, ...ALWAYS);
      const seen: SeenEvent[] = [];
      for (const { key } of hours.flatMap(({ objects }) => objects)) {
        seen.push(...((await readObject(ctx.blobs, duck, own.folder, key)) ?? []));
      }
      return seen;
    },
    async close() {
      await duck.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
