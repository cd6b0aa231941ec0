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

/** An archive of the entries in their order; the same entries make the same bytes. */
export async function makeArchive(
  entries: readonly ArchiveEntry[],
  type: FileType,
): Promise<Uint8Array> {
  // Few calls make archives, so what makes them does not load with the rest.
  const { tarGz, zip } = await import('./formats.ts');
  return type === 'zip' ? zip(entries) : tarGz(entries);
}
