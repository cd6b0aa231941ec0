import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { unavailable } from '#kernel/errors.ts';
import { loadOnce } from '#kernel/load-once.ts';

export interface DuckOptions {
  /** The one folder that SQL may read and write; what does not fit in memory goes below it, too. */
  readonly folder: string;
  readonly memoryMb: number;
  /** How much may go to the disk beyond the memory. */
  readonly spillMb: number;
  readonly threads: number;
}

export type DuckRow = { readonly [column: string]: unknown };

/** DuckDB with bounds of its own, which sees no file outside of its folder and no network. */
export interface Duck {
  /**
   * Rows of one statement: `BIGINT` as `bigint`, timestamps as `Date`. `values` are what `$name` stands for;
   * content never goes into the statement. The signal ends it. Throws `unavailable` when memory or disk ran out.
   */
  all(
    sql: string,
    values?: { readonly [name: string]: DuckDBValue },
    signal?: AbortSignal,
  ): Promise<readonly DuckRow[]>;
  close(): Promise<void>;
}

/** Its native part is large: only who asks something loads it. */
const engine = loadOnce(() => import('@duckdb/node-api'));

/** A text as SQL writes it: for paths of our own making, which some places take as nothing else. */
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const outOfBounds = /^(Out of Memory|IO) Error/;

/** `enable_external_access` goes last: what is allowed can be narrowed before it only. */
const confine = (folder: string, spillFolder: string, spillMb: number): readonly string[] => [
  `SET temp_directory = ${sqlText(spillFolder)}`,
  `SET max_temp_directory_size = '${spillMb}MiB'`,
  `SET allowed_directories = [${sqlText(`${folder}/`)}]`,
  'SET enable_external_access = false',
  "SET TimeZone = 'UTC'",
  'SET lock_configuration = true',
];

const SETTINGS = {
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
  // Less is held while large files are written; every query says its order.
  preserve_insertion_order: 'false',
};

async function ask(
  connection: DuckDBConnection,
  sql: string,
  values: { readonly [name: string]: DuckDBValue } | undefined,
  signal: AbortSignal | undefined,
): Promise<readonly DuckRow[]> {
  const interrupt = (): void => connection.interrupt();
  signal?.throwIfAborted();
  signal?.addEventListener('abort', interrupt, { once: true });
  try {
    const reader = await connection.runAndReadAll(sql, values);
    return reader.getRowObjectsJS();
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof Error && outOfBounds.test(error.message)) {
      throw unavailable('This is more than the query engine has room for now.', error);
    }
    throw error;
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}

/** Opens an instance in memory. The folder is made; what spilled goes with `close`. */
export async function openDuck({ folder, memoryMb, spillMb, threads }: DuckOptions): Promise<Duck> {
  const spillFolder = join(folder, 'spill');
  await mkdir(spillFolder, { recursive: true });
  const { DuckDBInstance } = await engine();
  const instance = await DuckDBInstance.create(':memory:', {
    ...SETTINGS,
    threads: String(threads),
    memory_limit: `${memoryMb}MiB`,
  });
  const setup = await instance.connect();
  for (const statement of confine(folder, spillFolder, spillMb)) await setup.run(statement);
  setup.disconnectSync();
  return {
    async all(sql, values, signal) {
      // One connection for each, since a signal must end its own statement alone.
      const connection = await instance.connect();
      try {
        return await ask(connection, sql, values, signal);
      } finally {
        connection.disconnectSync();
      }
    },
    async close() {
      instance.closeSync();
      await rm(spillFolder, { recursive: true, force: true });
    },
  };
}
