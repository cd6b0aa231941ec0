import { invalid } from '#kernel/errors.ts';
import { isInnerPath } from '#kernel/inner-path.ts';
import { createTurns } from '#kernel/turns.ts';
import type { ArchiveFile } from './formats.ts';

/** For making archives while a caller waits: each takes a good part of a processor. */
export const packingTurn = createTurns(2, 32, 'Too many archives are being made; try again.');

export const fileTypes = ['tar_gz', 'zip'] as const;
export type FileType = (typeof fileTypes)[number];

export interface ArchiveEntry {
  /** Relative, with slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export const archiveTypes: {
  readonly [type in FileType]: { readonly contentType: string; readonly extension: string };
} = {
  tar_gz: { contentType: 'application/gzip', extension: 'tar.gz' },
  zip: { contentType: 'application/zip', extension: 'zip' },
};

/** What would leave the folder on Windows. */
const DRIVE = /^[A-Za-z]:/;

/** Throws `invalid` for a name that would not stay in the folder where somebody unpacks it. */
function requireArchivePath(path: string): void {
  if (DRIVE.test(path) || !isInnerPath(path)) {
    throw invalid('archive_path', 'A name in the directory is not safe to unpack.');
  }
}

/**
 * An archive of the files in their order, chunk by chunk; the same files make the same bytes.
 * Throws `invalid` before the first of them when a name is not safe.
 */
export async function* archiveOf(
  files: readonly ArchiveFile[],
  type: FileType,
): AsyncGenerator<Uint8Array> {
  for (const { path } of files) requireArchivePath(path);
  // Few calls make archives, so what makes them does not load with the rest.
  const { tarGz, zip } = await import('./formats.ts');
  yield* type === 'zip' ? zip(files) : tarGz(files);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** The same of what is in memory, as a whole. */
export async function makeArchive(
  entries: readonly ArchiveEntry[],
  type: FileType,
): Promise<Uint8Array> {
  const files = entries.map(({ path, bytes }) => ({
    path,
    size: bytes.byteLength,
    chunks: () => once(bytes),
  }));
  const chunks: Uint8Array[] = [];
  for await (const chunk of archiveOf(files, type)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
