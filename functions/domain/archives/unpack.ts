import {
  ArchiveRefused,
  createEntryPolicy,
  type EntryLimits,
  type PackedEntry,
} from '#kernel/archive-entries.ts';
import { createTurns } from '#kernel/turns.ts';

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

export interface Unpacked {
  /** Every file and folder by its path. */
  readonly paths: ReadonlyMap<string, 'file' | 'directory'>;
  /** Contents of the files that were asked for. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const unpackingTurn = createTurns(2, 32, 'Too many archives are being read; try again.');

const startsWith = (bytes: Uint8Array, magic: string, at = 0): boolean =>
  Buffer.from(bytes.subarray(at, at + magic.length)).toString('latin1') === magic;

async function entriesOf(bytes: Uint8Array): Promise<AsyncIterable<PackedEntry>> {
  // Few calls unpack archives, so what reads them does not load with the rest.
  const { tarEntries, zipEntries } = await import('./unpack-formats.ts');
  if (startsWith(bytes, 'PK')) return zipEntries(bytes);
  if (startsWith(bytes, '\x1f\x8b')) return tarEntries(bytes, { gzip: true });
  if (startsWith(bytes, 'ustar', 257)) return tarEntries(bytes, { gzip: false });
  if (startsWith(bytes, 'BZh') || startsWith(bytes, '\xfd7zXZ')) {
    throw new ArchiveRefused('bzip2 and xz are not read here: use tar.gz, tar or zip');
  }
  throw new ArchiveRefused('it is no tar.gz, tar or zip');
}

/**
 * Looks through all entries, keeping only the files that are `wanted`. Throws `ArchiveRefused`
 * for whatever breaks the limits or the rules.
 */
export async function readEntries(
  entries: AsyncIterable<PackedEntry>,
  wanted: (path: string) => boolean,
  limits: EntryLimits = UPLOAD_LIMITS,
): Promise<Unpacked> {
  const admit = createEntryPolicy(limits);
  const paths = new Map<string, 'file' | 'directory'>();
  const files = new Map<string, Uint8Array>();
  let kept = 0;
  for await (const { read, ...header } of entries) {
    const path = admit(header);
    if (header.kind === 'other' || path === '') continue;
    paths.set(path, header.kind);
    if (header.kind === 'directory' || !wanted(path)) continue;
    kept += header.size;
    if (kept > MAX_KEPT_BYTES) {
      throw new ArchiveRefused(`the files to read have more than ${MAX_KEPT_BYTES} bytes together`);
    }
    files.set(path, await read());
  }
  if (paths.size === 0) throw new ArchiveRefused('it is empty');
  return { paths, files };
}

/**
 * Looks through a whole archive (tar.gz, tar, zip), keeping only the files that are `wanted`;
 * archives inside it are files like others. Throws `ArchiveRefused` for whatever breaks the
 * limits or the rules, or cannot be read.
 */
export function unpackArchive(
  bytes: Uint8Array,
  wanted: (path: string) => boolean,
  limits: EntryLimits = UPLOAD_LIMITS,
): Promise<Unpacked> {
  return unpackingTurn(async () => {
    try {
      return await readEntries(await entriesOf(bytes), wanted, limits);
    } catch (error) {
      if (error instanceof ArchiveRefused) throw error;
      throw new ArchiveRefused('the archive is damaged', { cause: error });
    }
  });
}
