import { createHash } from 'node:crypto';
import {
  MAX_ARCHIVE_BYTES,
  type Unpacked,
  UPLOAD_LIMITS,
  unpackArchive,
} from '#archives/read-archive.ts';
import { ArchiveRefused, createEntryPolicy, shownName } from '#kernel/archive-entries.ts';
import { RepositoryRefused } from '#kernel/repositories.ts';
import { importFailed } from './failed.ts';

/** A file as it was sent. */
export interface SentFile {
  /** Relative, with slashes. */
  readonly filename: string;
  readonly bytes: Uint8Array;
}

export type Sent =
  | { readonly kind: 'archive'; readonly bytes: Uint8Array }
  | { readonly kind: 'files'; readonly files: readonly SentFile[] };

/** What was sent, as a folder; each `read` looks through all of it. */
export interface ImportSource {
  /**
   * SHA-256 of the bytes that were sent, those of files in the order of their paths; the id of a
   * repository's commit.
   */
  readonly hash: string;
  readonly read: (wanted: (path: string) => boolean) => Promise<Unpacked>;
}

/** Tells callers why what they sent, or named, cannot be read. */
export async function orRefused<T>(work: () => T | Promise<T>, what = 'upload'): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ArchiveRefused || error instanceof RepositoryRefused)) throw error;
    throw importFailed(`The ${what} cannot be read:`, `${error.message}.`);
  }
}

function filesAsFolder(files: readonly SentFile[]): Unpacked {
  const admit = createEntryPolicy(UPLOAD_LIMITS);
  const named = files.map(({ filename: name, bytes }): [string, Uint8Array] => [
    admit({ name, kind: 'file', size: bytes.byteLength }),
    bytes,
  ]);
  const folders = named.flatMap(([path]) =>
    [...path.matchAll(/\//g)].map(({ index }): [string, 'directory'] => [
      path.slice(0, index),
      'directory',
    ]),
  );
  const paths = [...folders, ...named.map(([path]): [string, 'file'] => [path, 'file'])];
  return { paths: new Map(paths), files: new Map(named) };
}

/** Opens what was sent. Throws `invalid` (`import_failed`). */
export async function openSource(sent: Sent): Promise<ImportSource> {
  const hash = createHash('sha256');
  if (sent.kind === 'archive') {
    if (sent.bytes.byteLength > MAX_ARCHIVE_BYTES) {
      throw importFailed('The upload cannot be read:', 'the archive is too large.');
    }
    return {
      hash: hash.update(sent.bytes).digest('hex'),
      read: (wanted) => orRefused(() => unpackArchive(sent.bytes, wanted)),
    };
  }
  const { paths, files } = await orRefused(() => filesAsFolder(sent.files));
  const byPath = inOrder(files);
  for (const [, bytes] of byPath) hash.update(bytes);
  return {
    hash: hash.digest('hex'),
    read: async (wanted) => ({ paths, files: new Map(byPath.filter(([path]) => wanted(path))) }),
  };
}

/** Part by part, as Python sorts paths: what ends a part comes before anything that goes on. */
const inOrder = <T>(files: ReadonlyMap<string, T>): readonly (readonly [string, T])[] =>
  [...files]
    .map((file) => ({ file, key: Buffer.from(file[0].replaceAll('/', '\0')) }))
    .sort((a, b) => Buffer.compare(a.key, b.key))
    .map(({ file }) => file);

/** A path of the config, from the folder that it is relative to; it may go up, but not out. */
export function innerPath(folder: string, path: string): string {
  const parts = folder === '' ? [] : folder.split('/');
  const isOdd = path === '' || path.startsWith('/') || /[\\:\p{Cc}]/u.test(path);
  for (const part of path.split('/')) {
    if (part === '..' && parts.pop() === undefined) parts.push('..');
    else if (part !== '' && part !== '.' && part !== '..') parts.push(part);
  }
  if (isOdd || parts[0] === '..') {
    throw importFailed(`"${shownName(path)}":`, 'A path must be relative and stay inside.');
  }
  return parts.join('/');
}

/** A file as text. Throws `invalid` when it is missing or no UTF-8. */
export function textOf({ files }: Unpacked, path: string): string {
  const bytes = files.get(path);
  if (bytes === undefined) throw importFailed(`${shownName(path)}:`, 'File not found.');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw importFailed(`${shownName(path)}:`, 'The file is no UTF-8 text.');
  }
}
