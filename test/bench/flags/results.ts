/** How long an experiment's result takes, by the number of events that it is worked out from. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { exposureOf } from '#domain/abtests/metrics/index.ts';
import { computeMetric, type ExperimentWindow } from '#domain/abtests/results/index.ts';
import { openDuckWarehouse } from '#duckdb/warehouse.ts';
import { embeddedPlatform } from '#embedded/context.ts';
import type { Context } from '#kernel/context.ts';
import { median, rounded } from '../frame/figures.ts';

export interface ResultRow {
  readonly events: number;
  readonly megabytes: number;
  /** With nothing of the files at hand yet. */
  readonly firstMs: number;
  /** The median of those that follow. */
  readonly nextMs: number;
  readonly rssMb: number;
  /** People of both variants. */
  readonly people: number;
}

const GROUP = 2;
const DAYS = 7;
const START = Date.UTC(2026, 9, 1);
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const EVENTS_A_PERSON = 10;
const TURNS = 5;
/** What the function that answers has. */
const MEMORY_MB = 1_804;

/** A tenth are exposures, the rest purchases and page views, spread over a week in no order. */
const eventsSql = (events: number): string => `
  CREATE TABLE made AS
  SELECT
    uuid()::VARCHAR AS uuid,
    CASE WHEN i < ${events / EVENTS_A_PERSON} THEN '$feature_flag_called'
         WHEN hash(i) % 3 = 0 THEN 'purchase' ELSE '$pageview' END AS event,
    'user-' || (i % ${events / EVENTS_A_PERSON}) AS distinct_id,
    make_timestamp(${START * 1_000} + (hash(i + 1) % ${DAYS * DAY_MS})::BIGINT * 1000) AS ts,
    make_timestamp(${START * 1_000}) AS received,
    CASE WHEN i < ${events / EVENTS_A_PERSON}
      THEN '{"$feature_flag":"exp","$feature_flag_response":"' || if(hash(i) % 2 = 0, 'control', 'test') || '","$lib":"web","$lib_version":"1.449.2"}'
      ELSE '{"amount":' || (hash(i + 2) % 10000) / 100 || ',"$current_url":"https://example.org/shop","$lib":"web","$lib_version":"1.449.2"}'
    END AS properties,
    CASE WHEN i < ${events / EVENTS_A_PERSON} THEN 'exp' END AS flag,
    CASE WHEN i < ${events / EVENTS_A_PERSON} THEN if(hash(i) % 2 = 0, 'control', 'test') END AS variant
  FROM range(${events}) AS r(i)`;

const window: ExperimentWindow = {
  groupId: GROUP,
  flagKey: 'exp',
  variants: ['control', 'test'],
  baseline: 'control',
  startDate: START,
  endDate: START + DAYS * DAY_MS,
  asOf: START + DAYS * DAY_MS,
  timezone: 'UTC',
  exposure: exposureOf({}),
};

const metric = {
  kind: 'ExperimentMetric',
  metric_type: 'mean',
  source: { kind: 'EventsNode', event: 'purchase', math: 'sum', math_property: 'amount' },
};

/** Puts events where the compactor does, an hour in a file; returns how many bytes they have. */
async function fill(ctx: Context, folder: string, events: number): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '8GiB' });
  const connection = await instance.connect();
  await connection.run(eventsSql(events));
  let bytes = 0;
  for (let hour = START; hour < window.endDate; hour += HOUR_MS) {
    const name = new Date(hour).toISOString();
    const file = join(folder, 'hour.parquet');
    await connection.run(
      `COPY (SELECT * FROM made WHERE ts >= '${name.slice(0, 19)}' AND ts < '${new Date(hour + HOUR_MS).toISOString().slice(0, 19)}'
        ORDER BY event, ts) TO '${file}' (FORMAT parquet, COMPRESSION zstd)`,
    );
    const content = await readFile(file);
    bytes += content.byteLength;
    const key = `events/${GROUP}/hours/dt=${name.slice(0, 10)}/hour=${name.slice(11, 13)}/all.parquet`;
    await ctx.blobs.put(key, content);
  }
  connection.disconnectSync();
  instance.closeSync();
  return bytes;
}

async function measureRow(events: number): Promise<ResultRow> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-bench-results-'));
  const platform = embeddedPlatform({
    folder,
    baseUrl: 'http://localhost',
    secret: 'nobody signs with this one',
    settings: { registration: 'closed', pools: [], passwordLogN: 10, version: 'bench' },
    log: { info: () => undefined, error: () => undefined },
  });
  const warehouse = openDuckWarehouse({
    blobs: platform.blobs,
    folder: join(folder, 'ask'),
    memoryMb: MEMORY_MB,
    threads: 2,
    diskMb: 4_096,
    timeoutMs: 300_000,
  });
  const ctx: Context = {
    ...platform,
    actor: { kind: 'system' },
    defer: () => undefined,
    warehouse,
  };
  try {
    const bytes = await fill(ctx, folder, events);
    const times: number[] = [];
    let people = 0;
    for (let turn = 0; turn <= TURNS; turn += 1) {
      const startedAt = performance.now();
      const { variants } = await computeMetric(ctx, { window, metric });
      times.push(performance.now() - startedAt);
      people = variants.reduce((sum, { sums }) => sum + sums.n, 0);
    }
    const [first = 0, ...next] = times;
    return {
      events,
      people,
      megabytes: rounded(bytes / 1e6),
      firstMs: Math.round(first),
      nextMs: Math.round(median(next)),
      rssMb: Math.round(process.memoryUsage.rss() / 1e6),
    };
  } finally {
    platform.close();
    await rm(folder, { recursive: true, force: true });
  }
}

export interface ResultsGrowth {
  readonly rows: readonly ResultRow[];
  /** Of the time by the number of events, over the two largest rows: 1 is in proportion. */
  readonly exponent: number;
}

/** Each number of events in a store of its own. */
export async function measureResults(
  sizes: readonly number[],
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<ResultsGrowth> {
  const rows: ResultRow[] = [];
  for (const events of sizes) {
    signal.throwIfAborted();
    say(`a result of ${events.toLocaleString('en-US')} events`);
    rows.push(await measureRow(events));
  }
  const [before, last] = rows.slice(-2);
  const exponent =
    before === undefined || last === undefined
      ? Number.NaN
      : Math.log(last.nextMs / before.nextMs) / Math.log(last.events / before.events);
  return { rows, exponent: rounded(exponent) };
}
