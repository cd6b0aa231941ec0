import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { createTurns } from '#kernel/turns.ts';

/** For making archives, files and all: each may take some hundred megabytes. */
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

async function collect(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

async function tarGz(entries: readonly ArchiveEntry[]): Promise<Uint8Array> {
  const tar = pack();
  for (const { path, bytes } of entries) {
    tar.entry({ name: path, mode: 0o644, mtime: new Date(0) }, Buffer.from(bytes));
  }
  tar.finalize();
  return promisify(gzip)(await collect(tar));
}

async function zip(entries: readonly ArchiveEntry[]): Promise<Uint8Array> {
  const { ZipFile } = await import('yazl');
  const file = new ZipFile();
  // Zip's clock starts in 1980 and knows no time zone.
  const mtime = new Date(1980, 0, 1);
  for (const { path, bytes } of entries) {
    file.addBuffer(Buffer.from(bytes), path, { mtime, mode: 0o100644, forceDosTimestamp: true });
  }
  file.end();
  return collect(file.outputStream as unknown as AsyncIterable<unknown>);
}

/** An archive of the entries in their order; the same entries make the same bytes. */
export const makeArchive = (
  entries: readonly ArchiveEntry[],
  type: FileType,
): Promise<Uint8Array> => (type === 'zip' ? zip(entries) : tarGz(entries));
