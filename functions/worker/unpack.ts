import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileSource } from '#archives/file-source.ts';
import { type ArchiveEntry, openArchive } from '#archives/open-archive.ts';
import { ArchiveRefused, type EntryLimits, shownName } from '#kernel/archive-entries.ts';

export const BUNDLE_LIMITS: EntryLimits = { maxEntries: 10_000, maxBytes: 200 * 1024 * 1024 };

/** What a file system answers to names that it does not take, or takes for one that is there. */
const NAME_FAULTS: readonly string[] = [
  'EEXIST',
  'EILSEQ',
  'EINVAL',
  'EISDIR',
  'ENAMETOOLONG',
  'ENOTDIR',
];

/**
 * Unpacks plain files and folders of an archive into `target`, which must be new and empty, and
 * belongs to the archive alone: when it is refused or fails, the folder goes as a whole. Of a zip
 * nothing at all is written before all of its entries have passed the rules; a tar tells of one
 * after the other, so what came before a bad one was written, and goes with the folder.
 */
export async function unpack(
  archive: string,
  target: string,
  limits: EntryLimits,
  signal: AbortSignal,
): Promise<void> {
  try {
    const entries = openArchive(await fileSource(archive), limits, signal);
    for await (const entry of entries) await write(entry, join(target, entry.path));
  } catch (error) {
    await rm(target, { recursive: true, force: true });
    signal.throwIfAborted();
    throw error;
  }
}

async function write({ path, kind, open }: ArchiveEntry, place: string): Promise<void> {
  try {
    if (kind === 'directory') {
      await mkdir(place, { recursive: true, mode: 0o700 });
      return;
    }
    await mkdir(dirname(place), { recursive: true, mode: 0o700 });
    // 'wx' neither follows nor replaces anything, whatever the file system takes for the same name.
    await pipeline(open(), createWriteStream(place, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    if (!NAME_FAULTS.includes(codeOf(error))) throw error;
    const message = `"${shownName(path)}" cannot be written (${codeOf(error)}): name it otherwise`;
    throw new ArchiveRefused(message, { cause: error });
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';
