import type { BlobInfo } from '#kernel/blobs.ts';
import { compareText, endOfPrefix } from '#kernel/text-order.ts';
import type { Segment } from './blob-files.ts';
import { type Database, openDatabase } from './sqlite.ts';

/** What the index knows of an object: its bytes are those of the segments in order. */
export interface StoredObject {
  readonly size: number;
  readonly etag: string;
  /** Of what was put in one piece. */
  readonly sha256?: string;
  readonly segments: readonly Segment[];
}

export interface Listing {
  readonly objects: readonly BlobInfo[];
  readonly folders: readonly string[];
  readonly next?: string;
}

export interface ListOptions {
  readonly limit: number;
  readonly after?: string;
  readonly delimited: boolean;
}

/** Which object is where. An object is there from the moment that its row is. */
export interface BlobIndex {
  readonly database: Database;
  find(key: string): StoredObject | undefined;
  /** Returns the segments that the object had before. */
  replace(key: string, object: StoredObject): readonly Segment[];
  remove(key: string): readonly Segment[];
  list(prefix: string, options: ListOptions): Listing;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS objects (
    key TEXT PRIMARY KEY, size INTEGER NOT NULL, etag TEXT NOT NULL, segments TEXT NOT NULL,
    sha256 TEXT
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS uploads (
    id TEXT PRIMARY KEY, key TEXT NOT NULL, started REAL NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS parts (
    upload TEXT, number INTEGER, file TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
    PRIMARY KEY (upload, number)
  ) WITHOUT ROWID`;

interface ObjectRow {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly segments: string;
  readonly sha256: string | null;
}

const storedOf = ({ size, etag, segments, sha256 }: ObjectRow): StoredObject => ({
  size,
  etag,
  ...(sha256 !== null && { sha256 }),
  segments: JSON.parse(segments) as readonly Segment[],
});

interface Place {
  readonly key: string;
  readonly inclusive: boolean;
}

// Keys never end in a slash, so a position that does is a folder: go on behind all that is in it.
const startOf = (prefix: string, after: string | undefined): Place | undefined => {
  if (after === undefined || compareText(after, prefix) < 0)
    return { key: prefix, inclusive: true };
  return after.endsWith('/') ? behind(after) : { key: after, inclusive: false };
};

const behind = (folder: string): Place | undefined => {
  const end = endOfPrefix(folder);
  return end === undefined ? undefined : { key: end, inclusive: true };
};

const folderOf = (key: string, prefix: string): string | undefined => {
  const slash = key.indexOf('/', prefix.length);
  return slash < 0 ? undefined : key.slice(0, slash + 1);
};

type NextRow = (place: Place) => ObjectRow | undefined;

const listFrom = (nextRow: NextRow, prefix: string, options: ListOptions): Listing => {
  const objects: BlobInfo[] = [];
  const folders: string[] = [];
  let last: string | undefined;
  let place = startOf(prefix, options.after);
  while (place !== undefined) {
    const row = nextRow(place);
    if (row === undefined || !row.key.startsWith(prefix)) break;
    if (last !== undefined && objects.length + folders.length >= options.limit) {
      return { objects, folders, next: last };
    }
    const folder = options.delimited ? folderOf(row.key, prefix) : undefined;
    if (folder === undefined) objects.push({ key: row.key, size: row.size, etag: row.etag });
    else folders.push(folder);
    last = folder ?? row.key;
    place = folder === undefined ? { key: row.key, inclusive: false } : behind(folder);
  }
  return { objects, folders };
};

/** Folders of earlier versions have no column for them. */
const addChecksums = (database: Database): void => {
  database.immediate(() => {
    const columns = database.prepare('PRAGMA table_info(objects)').all();
    if (columns.some(({ name }) => name === 'sha256')) return;
    database.handle.exec('ALTER TABLE objects ADD COLUMN sha256 TEXT');
  });
};

export const openBlobIndex = (path: string): BlobIndex => {
  const database = openDatabase(path, SCHEMA);
  addChecksums(database);
  const select = database.prepare('SELECT * FROM objects WHERE key = ?');
  const from = database.prepare('SELECT * FROM objects WHERE key >= ? ORDER BY key LIMIT 1');
  const after = database.prepare('SELECT * FROM objects WHERE key > ? ORDER BY key LIMIT 1');
  const upsert = database.prepare('INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?)');
  const drop = database.prepare('DELETE FROM objects WHERE key = ?');
  const find = (key: string): StoredObject | undefined => {
    const row = select.get(key) as ObjectRow | undefined;
    return row === undefined ? undefined : storedOf(row);
  };
  const nextRow: NextRow = ({ key, inclusive }) =>
    (inclusive ? from : after).get(key) as ObjectRow | undefined;
  return {
    database,
    find,
    replace: (key, { size, etag, segments, sha256 }) => {
      const before = find(key);
      upsert.run(
        key,
        size,
        etag,
        JSON.stringify(segments.map(({ file, size }) => ({ file, size }))),
        sha256 ?? null,
      );
      return before?.segments ?? [];
    },
    remove: (key) => {
      const before = find(key);
      drop.run(key);
      return before?.segments ?? [];
    },
    list: (prefix, options) => listFrom(nextRow, prefix, options),
  };
};
