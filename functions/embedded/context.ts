import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Background } from '#kernel/background.ts';
import type { Blobs } from '#kernel/blobs.ts';
import { createCache } from '#kernel/cache.ts';
import { type Clock, systemClock } from '#kernel/clock.ts';
import type { Logger, Platform, Settings } from '#kernel/context.ts';
import { type Ids, randomIds } from '#kernel/ids.ts';
import { loadOnce } from '#kernel/load-once.ts';
import { noRepositories, type Repositories } from '#kernel/repositories.ts';
import type { Warehouse } from '#kernel/warehouse.ts';
import { type FileBlobs, openFileBlobs } from './file-blobs.ts';
import { openSqliteMessages, type SqliteMessages } from './sqlite-messages.ts';
import { openSqliteTable, type SqliteTable } from './sqlite-table.ts';

export interface EmbeddedOptions {
  /** Where everything is kept. */
  readonly folder: string;
  /** The table and the messages in memory instead: gone with the process. */
  readonly inMemory?: boolean;
  /** Where signed URLs point: the server's own address; asked when needed, for ports known late. */
  readonly baseUrl: string | (() => string);
  /** Signs the URLs; the same in every process of the deployment. */
  readonly secret: string;
  readonly settings: Settings;
  /** Does background work in this process; without it there is none. */
  readonly background?: (platform: Platform) => Background;
  /** Answers questions to events; without it there are no results. */
  readonly warehouse?: (blobs: Blobs) => Warehouse;
  /** Without it no repository can be fetched. */
  readonly repositories?: Repositories;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly ids?: Ids;
}

/** The platform on one machine: SQLite and a folder. */
export interface EmbeddedPlatform extends Platform {
  readonly table: SqliteTable;
  readonly blobs: FileBlobs;
  readonly messages: SqliteMessages;
  /** Files of SQLite whose logs grow with what is written. */
  readonly databases: readonly string[];
  /** Back to an empty store. */
  reset(): Promise<void>;
  close(): void;
}

export function embeddedPlatform(options: EmbeddedOptions): EmbeddedPlatform {
  const { folder, inMemory = false, clock = systemClock, ids = randomIds } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const paths = ['table.sqlite', 'messages.sqlite'].map((name) => join(folder, name));
  const [tableFile = '', messagesFile = ''] = inMemory ? paths.map(() => ':memory:') : paths;
  const table = openSqliteTable(tableFile);
  const messages = openSqliteMessages(messagesFile, { clock });
  const blobs = openFileBlobs({
    folder: join(folder, 'blobs'),
    baseUrl: options.baseUrl,
    secret: options.secret,
    clock,
  });
  const cache = createCache(clock);
  const { settings, log, repositories = noRepositories } = options;
  const warehouse = options.warehouse?.(blobs);
  const ports = {
    ...{ table, blobs, messages, repositories, cache, clock, ids, settings, log },
    ...(warehouse === undefined ? {} : { warehouse }),
  };
  // One for all tasks: what it knows of those that run must outlast each start.
  const made = loadOnce(async () => options.background?.({ ...ports, background }));
  const background: Background = {
    start: async (task, input) => (await made())?.start(task, input),
  };
  return {
    ...ports,
    background,
    databases: inMemory ? [] : [...paths, join(folder, 'blobs', 'index.sqlite')],
    async reset() {
      table.clear();
      messages.clear();
      await blobs.clear();
      cache.clear();
    },
    close() {
      table.close();
      messages.close();
      blobs.close();
    },
  };
}
