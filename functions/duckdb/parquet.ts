import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Blobs } from '#kernel/blobs.ts';
import { loadOnce } from '#kernel/load-once.ts';
import type { Parquet, ParquetColumn, RowShape } from '#kernel/parquet.ts';
import { openFiles } from './files.ts';
import { type Duck, openDuck, sqlText } from './instance.ts';

export interface ParquetOptions {
  readonly blobs: Blobs;
  /** For what is at work, and of this process alone. */
  readonly folder: string;
  readonly memoryMb: number;
  readonly threads: number;
  /** Of the disk: for inputs, and for what does not fit in memory, each. */
  readonly diskMb: number;
}

const MB = 1024 * 1024;
/** One line of JSON; larger than any that is stored. */
const MAX_LINE_BYTES = 16 * MB;
/** Rows that are compressed together: small groups are passed over by readers that want one event. */
const ROW_GROUP = 50_000;

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const listed = (paths: readonly string[]): string => `[${paths.map(sqlText).join(', ')}]`;

/** JSON is read as it stands; times are read as text, since what is no time must not end the whole. */
const typeInLines = ({ type }: ParquetColumn): string => (type === 'json' ? 'JSON' : 'VARCHAR');

const ofLines = ({ name, type }: ParquetColumn): string =>
  type === 'time'
    ? `TRY_CAST(rtrim(${quoted(name)}, 'Z') AS TIMESTAMP) AS ${quoted(name)}`
    : `CAST(${quoted(name)} AS VARCHAR) AS ${quoted(name)}`;

function selectLines(paths: readonly string[], columns: readonly ParquetColumn[]): string {
  const types = columns.map((column) => `${sqlText(column.name)}: '${typeInLines(column)}'`);
  return `SELECT ${columns.map(ofLines).join(', ')} FROM read_json(${listed(paths)},
    format = 'newline_delimited', compression = 'gzip', columns = {${types.join(', ')}},
    maximum_object_size = ${MAX_LINE_BYTES})`;
}

const selectFiles = (paths: readonly string[], columns: readonly ParquetColumn[]): string =>
  `SELECT ${columns.map(({ name }) => quoted(name)).join(', ')} FROM read_parquet(${listed(paths)})`;

/** Names of columns and paths are of our own making; content comes only as data. */
function mergeSql(paths: readonly string[], output: string, shape: RowShape): string {
  const { columns, unique, keep, order } = shape;
  const files = paths.filter((path) => path.endsWith('.parquet'));
  const lines = paths.filter((path) => !path.endsWith('.parquet'));
  const parts = [
    ...(lines.length === 0 ? [] : [selectLines(lines, columns)]),
    ...(files.length === 0 ? [] : [selectFiles(files, columns)]),
  ];
  // Equal in `keep`, rows differ in nothing that anybody set out to tell: any order that is always the same.
  const others = columns.map(({ name }) => name).filter((name) => name !== unique && name !== keep);
  const first = [keep, ...others].map(quoted).join(', ');
  return `COPY (
    SELECT * FROM (${parts.join(' UNION ALL ')})
    QUALIFY row_number() OVER (PARTITION BY ${quoted(unique)} ORDER BY ${first}) = 1
    ORDER BY ${[...order, unique].map(quoted).join(', ')}
  ) TO ${sqlText(output)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP})`;
}

/** Opened with the first chunk that is asked for, so that whoever refuses it leaves nothing open. */
async function* contentOf(path: string): AsyncGenerator<Buffer> {
  yield* createReadStream(path) as AsyncIterable<Buffer>;
}

/** Merges by DuckDB, on files; one after the other, each with all the memory. */
export function openParquet(options: ParquetOptions): Parquet {
  const { blobs, folder, memoryMb, threads, diskMb } = options;
  const work = join(folder, 'merge');
  const files = openFiles({ blobs, folder: join(work, 'inputs'), maxBytes: diskMb * MB });
  const opened = loadOnce(async (): Promise<Duck> => {
    await mkdir(work, { recursive: true });
    return openDuck({ folder: work, memoryMb, spillMb: diskMb, threads });
  });
  let turn: Promise<unknown> = Promise.resolve();

  async function merge(inputs: readonly string[], output: string, shape: RowShape) {
    const held = await files.hold(inputs);
    const made = join(work, `${randomUUID()}.parquet`);
    try {
      if (held.gone.length > 0) return undefined;
      const duck = await opened();
      const [row] = await duck.all(mergeSql([...held.paths.values()], made, shape));
      await blobs.putStream(output, contentOf(made), {
        contentType: 'application/vnd.apache.parquet',
      });
      return Number(row?.Count);
    } finally {
      held.release();
      await rm(made, { force: true });
    }
  }
  return {
    merge(...asked) {
      const merged = turn.then(() => merge(...asked));
      turn = merged.catch(() => undefined);
      return merged;
    },
  };
}
