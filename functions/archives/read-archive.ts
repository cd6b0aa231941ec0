import {
  ArchiveRefused,
  createEntryPolicy,
  type EntryLimits,
  type PackedEntry,
} from '#kernel/archive-entries.ts';
import { createTurns } from '#kernel/turns.ts';
import { type ArchiveSource, bytesSource } from './archive-source.ts';
import { type ArchiveEntry, openArchive } from './open-archive.ts';

const MIB = 1024 * 1024;

/** Of an archive as it is uploaded. */
export const MAX_ARCHIVE_BYTES = 100 * MIB;
/** What an uploaded archive may hold. */
export const UPLOAD_LIMITS: EntryLimits = {
  maxEntries: 10_000,
  maxBytes: 500 * MIB,
  maxFileBytes: 50 * MIB,
  refuseTwins: true,
};
/** Of all files that are asked for together: they are in memory. */
export const MAX_KEPT_BYTES = 32 * MIB;
/** Whoever waits for an archive to be read gets an answer before the gateway gives up. */
const MAX_SECONDS = 25;

export interface Unpacked {
  /** Every file and folder by its path. */
  readonly paths: ReadonlyMap<string, 'file' | 'directory'>;
  /** Contents of the files that were asked for. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export interface ReadOptions {
  readonly limits?: EntryLimits;
  /** Of all files that are asked for together, at most 32 MiB. */
  readonly maxKeptBytes?: number;
  readonly seconds?: number;
}

const readingTurn = createTurns(2, 32, 'Too many archives are being read; try again.');

type Entry = Omit<ArchiveEntry, 'open'> & { readonly read: () => Promise<Uint8Array> };

async function keepWanted(
  entries: AsyncIterable<Entry>,
  wanted: (path: string) => boolean,
  maxKeptBytes: number,
): Promise<Unpacked> {
  const paths = new Map<string, 'file' | 'directory'>();
  const files = new Map<string, Uint8Array>();
  let kept = 0;
  for await (const { path, kind, size, read } of entries) {
    paths.set(path, kind);
    if (kind === 'directory' || !wanted(path)) continue;
    kept += size;
    if (kept > maxKeptBytes) {
      throw new ArchiveRefused(`the files to read have more than ${maxKeptBytes} bytes together`);
    }
    files.set(path, await read());
  }
  if (paths.size === 0) throw new ArchiveRefused('it is empty');
  return { paths, files };
}

async function* admitted(
  entries: AsyncIterable<PackedEntry>,
  limits: EntryLimits,
): AsyncGenerator<Entry> {
  const admit = createEntryPolicy(limits);
  for await (const { name, kind, size, read } of entries) {
    const path = admit({ name, kind, size });
    if (kind !== 'other' && path !== '') yield { path, kind, size, read };
  }
}

async function wholeOf({ size, open }: ArchiveEntry): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of open()) chunks.push(chunk);
  return Buffer.concat(chunks, size);
}

async function* readable(entries: AsyncIterable<ArchiveEntry>): AsyncGenerator<Entry> {
  for await (const entry of entries) yield { ...entry, read: () => wholeOf(entry) };
}

/**
 * Looks through all entries, keeping only the files that are `wanted`. Throws `ArchiveRefused`
 * for whatever breaks the limits or the rules.
 */
export const readEntries = (
  entries: AsyncIterable<PackedEntry>,
  wanted: (path: string) => boolean,
  limits: EntryLimits = UPLOAD_LIMITS,
): Promise<Unpacked> => keepWanted(admitted(entries, limits), wanted, MAX_KEPT_BYTES);

/**
 * The same of a whole archive, wherever it is, in memory for the wanted files alone; of a zip only
 * those are read at all. Two at a time, each for so many `seconds` at most.
 */
export function readArchive(
  source: ArchiveSource,
  wanted: (path: string) => boolean,
  {
    limits = UPLOAD_LIMITS,
    maxKeptBytes = MAX_KEPT_BYTES,
    seconds = MAX_SECONDS,
  }: ReadOptions = {},
): Promise<Unpacked> {
  return readingTurn(async () => {
    const signal = AbortSignal.timeout(seconds * 1000);
    try {
      return await keepWanted(readable(openArchive(source, limits, signal)), wanted, maxKeptBytes);
    } catch (error) {
      if (error !== signal.reason || !signal.aborted) throw error;
      throw new ArchiveRefused(
        `it takes more than ${seconds} s to read: use zip or tar.gz, or less`,
      );
    }
  });
}

/** `readArchive` of an archive in memory. */
export const unpackArchive = (
  bytes: Uint8Array,
  wanted: (path: string) => boolean,
  limits: EntryLimits = UPLOAD_LIMITS,
): Promise<Unpacked> => readArchive(bytesSource(bytes), wanted, { limits });
