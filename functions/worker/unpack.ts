import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { type Extract, extract } from 'tar-stream';
import { ArchiveRefused, createEntryPolicy, type EntryLimits } from '#kernel/archive-entries.ts';

export const BUNDLE_LIMITS: EntryLimits = { maxEntries: 10_000, maxBytes: 200 * 1024 * 1024 };

type Entry = Extract extends AsyncIterable<infer Item> ? Item : never;

/** Unpacks plain files and folders of a tar.gz into `target`, which must be new and empty. */
export async function unpack(
  archive: string,
  target: string,
  limits: EntryLimits,
  signal: AbortSignal,
): Promise<void> {
  const tar = extract();
  const feeding = pipeline(createReadStream(archive), createGunzip(), tar, { signal });
  // Awaited below; a rejection before that must not count as unhandled.
  feeding.catch(() => undefined);
  try {
    await writeEntries(tar, target, limits);
    await feeding;
  } catch (error) {
    tar.destroy();
    await feeding.catch(() => undefined);
    signal.throwIfAborted();
    if (error instanceof ArchiveRefused || hasCode(error, 'ENOSPC')) throw error;
    throw new ArchiveRefused('the archive is damaged', { cause: error });
  }
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

const kindOf = ({ header: { type } }: Entry) => {
  if (type === 'directory') return type;
  return type === 'file' || type === 'contiguous-file' ? 'file' : 'other';
};

async function writeEntries(
  tar: AsyncIterable<Entry>,
  target: string,
  limits: EntryLimits,
): Promise<void> {
  const admit = createEntryPolicy(limits);
  for await (const entry of tar) {
    const kind = kindOf(entry);
    // The header's size is what the reader hands out; no more can follow.
    const name = admit({ name: entry.header.name, kind, size: entry.header.size ?? 0 });
    if (kind === 'file') await writeFile(entry, join(target, name));
    else if (name !== '') await mkdir(join(target, name), { recursive: true, mode: 0o700 });
    entry.resume();
  }
}

async function writeFile(entry: Entry, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // 'wx' neither follows nor replaces anything, whatever the file system takes for the same name.
  await pipeline(entry, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
}
