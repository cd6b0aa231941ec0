import { Readable, Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { crc32, createGunzip } from 'node:zlib';
import { type Extract, extract } from 'tar-stream';
import { type Entry, fromBuffer, getFileNameLowLevel, type ZipFile } from 'yauzl';
import { ArchiveRefused, type PackedEntry } from '#kernel/archive-entries.ts';

type TarEntry = Extract extends AsyncIterable<infer Item> ? Item : never;

/** Headers, extended headers and padding: the reader holds an extended header in memory. */
const MAX_OVERHEAD_BYTES = 1024 * 1024;
const OVERHEAD_OF_ENTRY = 8 * 1024;
const CHUNK = 64 * 1024;

const tarKind = (type: TarEntry['header']['type']): PackedEntry['kind'] => {
  if (type === 'directory') return type;
  return type === 'file' || type === 'contiguous-file' ? 'file' : 'other';
};

/** Counts what flows to the reader of a tar beside the contents of files, and bounds it. */
function overheadGuard() {
  let overhead = 0;
  let allowed = MAX_OVERHEAD_BYTES;
  const stream = new Transform({
    transform(chunk: Uint8Array, _, done) {
      overhead += chunk.byteLength;
      const isTooMuch = overhead > allowed;
      done(isTooMuch ? new ArchiveRefused('its headers are too large') : null, chunk);
    },
  });
  return {
    stream,
    entry: () => {
      allowed += OVERHEAD_OF_ENTRY;
    },
    content: (bytes: number) => {
      overhead -= bytes;
    },
  };
}

function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
}

/** The entries of a tar; what is not read of one is skipped. */
export async function* tarEntries(
  bytes: Uint8Array,
  { gzip }: { readonly gzip: boolean },
): AsyncGenerator<PackedEntry> {
  const tar = extract();
  const guard = overheadGuard();
  const source = Readable.from(chunksOf(bytes));
  const feeding = gzip
    ? pipeline(source, createGunzip(), guard.stream, tar)
    : pipeline(source, guard.stream, tar);
  // Awaited below; a rejection before that must not count as unhandled.
  feeding.catch(() => undefined);
  try {
    for await (const entry of tar) {
      const { name, type, size = 0 } = entry.header;
      guard.entry();
      const chunks: Uint8Array[] = [];
      const drain = async (keep: boolean): Promise<void> => {
        for await (const chunk of entry as AsyncIterable<Uint8Array>) {
          guard.content(chunk.byteLength);
          if (keep) chunks.push(chunk);
        }
      };
      let isRead = false;
      const read = async () => {
        isRead = true;
        await drain(true);
        return Buffer.concat(chunks);
      };
      yield { name, kind: tarKind(type), size, read };
      if (!isRead) await drain(false);
    }
    await feeding;
  } finally {
    tar.destroy();
    await feeding.catch(() => undefined);
  }
}

const FILE_TYPES = 0o170_000;
/** Unknown, a plain file, a folder. */
const PLAIN_TYPES: readonly number[] = [0, 0o100_000, 0o040_000];

/** The mode of a Unix file says if it is special; names end with a slash where they are of folders. */
function zipKind(name: string, { externalFileAttributes }: Entry): PackedEntry['kind'] {
  if (!PLAIN_TYPES.includes((externalFileAttributes >>> 16) & FILE_TYPES)) return 'other';
  return name.endsWith('/') ? 'directory' : 'file';
}

const nameIn = ({ generalPurposeBitFlag, fileNameRaw, extraFields }: Entry): string =>
  getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true);

const openZip = (bytes: Uint8Array): Promise<ZipFile> =>
  new Promise((resolve, reject) => {
    // Sizes that lie are found while reading; it hands out no more than they tell. Names are for
    // our own rules, which say what is wrong with which.
    const options = { lazyEntries: true, decodeStrings: false, validateEntrySizes: true };
    fromBuffer(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
      options,
      (error, zip) => (error === null ? resolve(zip) : reject(error)),
    );
  });

const nextEntry = (zip: ZipFile): Promise<Entry | undefined> =>
  new Promise((resolve, reject) => {
    const settle = (entry?: Entry): void => {
      zip.removeAllListeners();
      resolve(entry);
    };
    zip.once('entry', settle);
    zip.once('end', () => settle());
    zip.once('error', reject);
    zip.readEntry();
  });

async function readZipped(zip: ZipFile, entry: Entry): Promise<Uint8Array> {
  const stream = await new Promise<Readable>((resolve, reject) => {
    zip.openReadStream(entry, (error, opened) =>
      error === null ? resolve(opened) : reject(error),
    );
  });
  const content = await buffer(stream);
  if (crc32(content) !== entry.crc32) throw new ArchiveRefused('the archive is damaged');
  return content;
}

/** The entries of a zip, as its directory at the end tells them. */
export async function* zipEntries(bytes: Uint8Array): AsyncGenerator<PackedEntry> {
  const zip = await openZip(bytes);
  for (;;) {
    const entry = await nextEntry(zip);
    if (entry === undefined) return;
    if (entry.isEncrypted()) throw new ArchiveRefused('it is encrypted');
    const [name, size] = [nameIn(entry), entry.uncompressedSize];
    yield { name, kind: zipKind(name, entry), size, read: () => readZipped(zip, entry) };
  }
}
