import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Blobs } from '#kernel/blobs.ts';
import { AppError } from '#kernel/errors.ts';
import { loadOnce } from '#kernel/load-once.ts';
import { createTurns } from '#kernel/turns.ts';
import type {
  Question,
  Statement,
  Warehouse,
  WarehouseHour,
  WarehouseRow,
} from '#kernel/warehouse.ts';
import { duckDialect } from './dialect.ts';
import { openFiles } from './files.ts';
import { type Duck, type DuckRow, openDuck, sqlText } from './instance.ts';

export interface WarehouseOptions {
  readonly blobs: Blobs;
  /** Of this process alone. */
  readonly folder: string;
  readonly memoryMb: number;
  readonly threads: number;
  /** Of the disk: for copies of objects, and for what does not fit in memory, each. */
  readonly diskMb: number;
  /** Of one question, with all that it reads. */
  readonly timeoutMs: number;
}

const MB = 1024 * 1024;
/** One line of JSON; larger than any that is stored. */
const MAX_LINE_BYTES = 16 * MB;
const MAX_WAITING = 20;

const COLUMNS = ['uuid', 'event', 'distinct_id', 'ts', 'received', 'properties', 'flag', 'variant'];
const TIMES: readonly string[] = ['ts', 'received'];

const listed = (paths: readonly string[]): string => `[${paths.map(sqlText).join(', ')}]`;

const ofFiles = (paths: readonly string[]): string =>
  `SELECT ${COLUMNS.join(', ')} FROM read_parquet(${listed(paths)})`;

/** Times are read as text, since what is no time must not end the whole. */
function ofLines(paths: readonly string[]): string {
  const types = COLUMNS.map((name) => `${name}: '${name === 'properties' ? 'JSON' : 'VARCHAR'}'`);
  const columns = COLUMNS.map((name) =>
    TIMES.includes(name)
      ? `TRY_CAST(rtrim(${name}, 'Z') AS TIMESTAMP) AS ${name}`
      : `CAST(${name} AS VARCHAR) AS ${name}`,
  );
  return `SELECT ${columns.join(', ')} FROM read_json(${listed(paths)},
    format = 'newline_delimited', compression = 'gzip', columns = {${types.join(', ')}},
    maximum_object_size = ${MAX_LINE_BYTES})`;
}

const NOTHING = `SELECT ${COLUMNS.map(
  (name) => `CAST(NULL AS ${TIMES.includes(name) ? 'TIMESTAMP' : 'VARCHAR'}) AS ${name}`,
).join(', ')} WHERE false`;

/** Hours with one file are read as they are; of the others each event is taken once. */
function rawSql(hours: readonly WarehouseHour[], paths: ReadonlyMap<string, string>): string {
  const of = (isClean: boolean, format: 'parquet' | 'lines'): readonly string[] =>
    hours
      .filter(({ clean }) => clean === isClean)
      .flatMap(({ objects }) => objects.filter((object) => object.format === format))
      .flatMap(({ key }) => paths.get(key) ?? []);
  const select = (read: typeof ofFiles, found: readonly string[]) =>
    found.length === 0 ? [] : [read(found)];
  const dirty = [
    ...select(ofFiles, of(false, 'parquet')),
    ...select(ofLines, of(false, 'lines')),
  ].join(' UNION ALL ');
  const rest = COLUMNS.filter((name) => name !== 'uuid' && name !== 'received').join(', ');
  const parts = [
    ...select(ofFiles, of(true, 'parquet')),
    ...(dirty === ''
      ? []
      : [
          `SELECT * FROM (${dirty}) QUALIFY row_number() OVER (PARTITION BY uuid ORDER BY received, ${rest}) = 1`,
        ]),
  ];
  return parts.length === 0 ? NOTHING : parts.join(' UNION ALL ');
}

/** Never worked out as a whole: each use of it reads only what that asks for. */
function eventsSql(raw: string, personsFile: string | undefined): readonly string[] {
  const columns = 'r.uuid, r.event, r.ts, r.properties, r.flag, r.variant';
  if (personsFile === undefined) {
    return [
      `events AS NOT MATERIALIZED (SELECT ${columns}, r.distinct_id AS person FROM (${raw}) r)`,
    ];
  }
  return [
    `persons AS MATERIALIZED (SELECT id, person FROM read_json(${sqlText(personsFile)},
      format = 'newline_delimited', columns = {id: 'VARCHAR', person: 'VARCHAR'}))`,
    `events AS NOT MATERIALIZED (SELECT ${columns}, coalesce(p.person, r.distinct_id) AS person
      FROM (${raw}) r LEFT JOIN persons p ON p.id = r.distinct_id)`,
  ];
}

const asSql = ({ named, select }: Statement, events: readonly string[]): string =>
  `WITH ${[...events, ...named].join(',\n')}\n${select}`;

function cell(value: unknown): WarehouseRow[string] {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  return value === null || value === undefined ? null : String(value);
}

const toRow = (row: DuckRow): WarehouseRow =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cell(value)]));

const tooLarge = (cause?: unknown): AppError =>
  new AppError('unavailable', 'This is more than can be worked out at once here.', {
    reason: 'query_too_large',
    cause,
  });

const tooSlow = (cause: unknown): AppError =>
  new AppError('unavailable', 'This takes longer than there is time for here.', {
    reason: 'query_too_slow',
    cause,
  });

/** What of the engine's refusals is the question's fault; objects out of reach are not. */
function explain(error: unknown): never {
  if (error instanceof AppError && error.code === 'unavailable') throw tooLarge(error);
  throw error;
}

function requireRoom(hours: readonly WarehouseHour[], maxBytes: number): void {
  const bytes = hours.flatMap(({ objects }) => objects).reduce((sum, { size }) => sum + size, 0);
  if (bytes > maxBytes) throw tooLarge();
}

/** A file with whose ids are whose, gone after its use. */
async function withPersons<T>(
  folder: string,
  persons: Question['persons'],
  use: (file: string | undefined) => Promise<T>,
): Promise<T> {
  if (persons.size === 0) return use(undefined);
  const file = join(folder, `${randomUUID()}.ndjson`);
  await mkdir(folder, { recursive: true });
  const lines = function* () {
    for (const [id, person] of persons) yield `${JSON.stringify({ id, person })}\n`;
  };
  try {
    await pipeline(Readable.from(lines()), createWriteStream(file));
    return await use(file);
  } finally {
    await rm(file, { force: true });
  }
}

/** Questions answered by DuckDB, on copies of the objects; one after the other, each with all the memory. */
export function openDuckWarehouse(
  options: WarehouseOptions,
): Warehouse & { close(): Promise<void> } {
  const { blobs, folder, memoryMb, threads, diskMb, timeoutMs } = options;
  const files = openFiles({ blobs, folder: join(folder, 'objects'), maxBytes: diskMb * MB });
  const inTurn = createTurns(1, MAX_WAITING, 'Too many questions wait; try again.');
  let duck: Duck | undefined;
  const opened = loadOnce(async (): Promise<Duck> => {
    duck = await openDuck({ folder, memoryMb, spillMb: diskMb, threads });
    return duck;
  });

  async function answer({ hours, persons, statement }: Question, signal: AbortSignal) {
    const { all } = await opened();
    const held = await files.hold(hours.flatMap(({ objects }) => objects.map(({ key }) => key)));
    try {
      if (held.gone.length > 0) return undefined;
      const raw = rawSql(hours, held.paths);
      const rows = await withPersons(join(folder, 'persons'), persons, (file) =>
        all(asSql(statement(duckDialect), eventsSql(raw, file)), undefined, signal).catch(explain),
      );
      return rows.map(toRow);
    } finally {
      held.release();
    }
  }

  return {
    async query(question) {
      requireRoom(question.hours, diskMb * MB);
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        return await inTurn(() => answer(question, signal));
      } catch (error) {
        if (signal.aborted) throw tooSlow(error);
        throw error;
      }
    },
    async close() {
      await duck?.close();
    },
  };
}
