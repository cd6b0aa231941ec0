import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { EVENT_ROWS } from '#domain/events/index.ts';
import { openParquet } from '#duckdb/parquet.ts';
import { openDuckWarehouse, type WarehouseOptions } from '#duckdb/warehouse.ts';
import type { Blobs } from '#kernel/blobs.ts';
import type { Parquet } from '#kernel/parquet.ts';
import type { Warehouse } from '#kernel/warehouse.ts';

/** An event as tests write it. */
export interface Happening {
  readonly uuid: string;
  readonly event: string;
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly ts: number;
  readonly received?: number;
  readonly properties?: { readonly [name: string]: unknown };
}

export interface WarehouseTools {
  readonly warehouse: Warehouse;
  readonly parquet: Parquet;
  /** Puts events where the system does, into one object for each hour. */
  store(groupId: number, events: readonly Happening[], object: string): Promise<void>;
  /** Says that two distinct ids are one person's. */
  merge(groupId: number, pairs: readonly (readonly [id: string, other: string])[]): Promise<void>;
  /** Makes one Parquet file of each hour's objects. */
  compact(groupId: number): Promise<void>;
  close(): Promise<void>;
}

const iso = (ms: number): string => new Date(ms).toISOString();

const text = (value: unknown): string | null =>
  value === undefined || value === null ? null : String(value);

const lineOf = ({ uuid, event, id, ts, received = ts, properties = {} }: Happening): string => {
  const isCalled = event === '$feature_flag_called';
  return JSON.stringify({
    ...{ uuid, event, distinct_id: id, ts: iso(ts), received: iso(received), properties },
    flag: isCalled ? text(properties.$feature_flag) : null,
    variant: isCalled ? text(properties.$feature_flag_response) : null,
  });
};

const packed = (lines: readonly string[]): Buffer => gzipSync(`${lines.join('\n')}\n`);

const hourOf = (ms: number): string => `dt=${iso(ms).slice(0, 10)}/hour=${iso(ms).slice(11, 13)}`;

async function compactGroup(blobs: Blobs, parquet: Parquet, groupId: number): Promise<void> {
  const prefix = `events/${groupId}/incoming/`;
  const { objects } = await blobs.list(prefix, { limit: 1_000 });
  const byHour = Map.groupBy(objects, ({ key }) => key.slice(prefix.length, key.lastIndexOf('/')));
  for (const [hour, some] of byHour) {
    const inputs = some.map(({ key }) => key);
    await parquet.merge(inputs, `events/${groupId}/hours/${hour}/merged.parquet`, EVENT_ROWS);
    await blobs.remove(inputs);
  }
}

/** A warehouse on a folder of its own, and events in it without what stores them. */
export function warehouseTools(
  blobs: Blobs,
  options: Partial<WarehouseOptions> = {},
): WarehouseTools {
  const folder = mkdtempSync(join(tmpdir(), 'assay-warehouse-'));
  const bounds = { blobs, memoryMb: 256, threads: 1, diskMb: 256, timeoutMs: 15_000 };
  const warehouse = openDuckWarehouse({ ...bounds, folder: join(folder, 'ask'), ...options });
  const parquet = openParquet({ ...bounds, folder: join(folder, 'merge') });
  return {
    warehouse,
    parquet,
    async store(groupId, events, object) {
      for (const [hour, some] of Map.groupBy(events, ({ ts }) => hourOf(ts))) {
        const key = `events/${groupId}/incoming/${hour}/${object}.ndjson.gz`;
        await blobs.put(key, packed(some.map(lineOf)));
      }
    },
    async merge(groupId, pairs) {
      const lines = pairs.map(([id, other], index) =>
        JSON.stringify({
          ...{ uuid: `m${index}`, kind: 'identify', distinct_id: id, other },
          received: iso(index),
        }),
      );
      await blobs.put(`events/${groupId}/merges/all.ndjson.gz`, packed(lines));
    },
    compact: (groupId) => compactGroup(blobs, parquet, groupId),
    async close() {
      await warehouse.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
