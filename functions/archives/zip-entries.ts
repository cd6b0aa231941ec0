import { crc32 } from 'node:zlib';
import { type Entry, getFileNameLowLevel, type ZipFile } from 'yauzl';
import { ArchiveRefused, shownName } from '#kernel/archive-entries.ts';
import type { ArchiveSource } from './archive-source.ts';
import { createOverhead } from './overhead.ts';
import type { RawEntry } from './raw-entry.ts';
import { openZip } from './zip-reader.ts';

const FILE_TYPES = 0o170_000;
/** Unknown, a plain file, a folder. */
const PLAIN_TYPES: readonly number[] = [0, 0o100_000, 0o040_000];
const ENCRYPTED = 0x41;
const SIZES_FOLLOW = 0x8;
const [STORED, DEFLATED] = [0, 8];
const LOCAL_HEADER = 30;
/** Deflate makes nothing smaller than by this. */
const MAX_RATIO = 1032;
const ZIP64 = 0xffff_ffff;

const DISAGREES = 'its directory and its files tell different things: make it anew';
const ENCRYPTION = 'it is encrypted: make it without a password';

const nameIn = ({ generalPurposeBitFlag, fileNameRaw, extraFields }: Entry): string =>
  getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true);

/** The mode of a Unix file says if it is special; names end with a slash where they are of folders. */
function zipKind(name: string, entry: Entry): RawEntry['kind'] {
  const { externalFileAttributes, uncompressedSize } = entry;
  if (!PLAIN_TYPES.includes((externalFileAttributes >>> 16) & FILE_TYPES)) return 'other';
  if (!name.endsWith('/')) return 'file';
  return uncompressedSize === 0 ? 'directory' : 'other';
}

/** Refuses what cannot be read here, and sizes that cannot be true. */
function requireReadable(name: string, entry: Entry, size: number): void {
  const { compressionMethod, compressedSize, uncompressedSize, generalPurposeBitFlag } = entry;
  if ((generalPurposeBitFlag & ENCRYPTED) !== 0) throw new ArchiveRefused(ENCRYPTION);
  if (compressionMethod !== STORED && compressionMethod !== DEFLATED) {
    const wish = 'make the zip with deflate';
    throw new ArchiveRefused(
      `"${shownName(name)}" is compressed by method ${compressionMethod}: ${wish}`,
    );
  }
  const isPossible =
    entry.relativeOffsetOfLocalHeader + LOCAL_HEADER + compressedSize <= size &&
    uncompressedSize <= (compressedSize + 1) * MAX_RATIO;
  if (!isPossible)
    throw new ArchiveRefused(`the size of "${shownName(name)}" cannot be true: make it anew`);
}

/** Each file has bytes of its own: many that share some unpack to far more than there is. */
function requireApart(entries: readonly Entry[]): void {
  const byPlace = entries.toSorted(
    (a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader,
  );
  let end = 0;
  for (const { relativeOffsetOfLocalHeader: start, fileNameLength, compressedSize } of byPlace) {
    if (start < end) throw new ArchiveRefused('files in it overlap: make it anew');
    end = start + LOCAL_HEADER + fileNameLength + compressedSize;
  }
}

/** Other readers go by what stands before each file, not by the directory at the end. */
async function requireSameThere(zip: ZipFile, entry: Entry): Promise<void> {
  const there = await zip.readLocalFileHeaderPromise(entry);
  const toldTwice = (there.generalPurposeBitFlag & SIZES_FOLLOW) === 0;
  const isSize = (told: number, size: number) => told === size || told === ZIP64;
  const isSame =
    there.fileName.equals(entry.fileNameRaw) &&
    there.compressionMethod === entry.compressionMethod &&
    (there.generalPurposeBitFlag & ENCRYPTED) === 0 &&
    (!toldTwice ||
      (there.crc32 === entry.crc32 &&
        isSize(there.compressedSize, entry.compressedSize) &&
        isSize(there.uncompressedSize, entry.uncompressedSize)));
  if (!isSame) throw new ArchiveRefused(DISAGREES);
}

async function* contentsOf(zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  await requireSameThere(zip, entry);
  let sum = 0;
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    sum = crc32(chunk, sum);
    yield chunk;
  }
  if (sum !== entry.crc32) throw new ArchiveRefused('a file in it is damaged: make it anew');
}

/** The directory of a zip, which must end where it says: what follows, others would unpack. */
async function* directoryOf(zip: ZipFile, source: ArchiveSource): AsyncGenerator<Entry> {
  const spend = createOverhead();
  try {
    for await (const entry of zip.eachEntry()) {
      // All of it stays in memory as long as the archive is open.
      spend(entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength, 1);
      yield entry;
    }
  } catch (error) {
    throw /encryption/.test(String(error))
      ? new ArchiveRefused(ENCRYPTION, { cause: error })
      : error;
  }
  // Its type says that this is a boolean.
  const end = Number(zip.readEntryCursor);
  for await (const bytes of source.stream(end, Math.min(end + 4, source.size))) {
    if (Buffer.from(bytes).toString('latin1') === 'PK\x01\x02') throw new ArchiveRefused(DISAGREES);
  }
}

/**
 * The entries of a zip, as its directory tells them. `admit` sees all of them before the first
 * comes out.
 */
export async function* zipEntries<T>(
  source: ArchiveSource,
  admit: (entry: RawEntry) => T,
): AsyncGenerator<T> {
  const zip = await openZip(source);
  try {
    const [entries, admitted]: [Entry[], T[]] = [[], []];
    for await (const entry of directoryOf(zip, source)) {
      const name = nameIn(entry);
      const [kind, size] = [zipKind(name, entry), entry.uncompressedSize];
      admitted.push(admit({ name, kind, size, open: () => contentsOf(zip, entry) }));
      requireReadable(name, entry, source.size);
      entries.push(entry);
    }
    requireApart(entries);
    yield* admitted;
  } finally {
    zip.close();
  }
}
