import { buffer } from 'node:stream/consumers';
import {
  ArchiveRefused,
  createEntryPolicy,
  type EntryLimits,
  type EntryPolicy,
} from '#kernel/archive-entries.ts';
import { type ArchiveSource, paced } from './archive-source.ts';
import type { RawEntry } from './raw-entry.ts';

/** An entry that the rules have let through. */
export interface ArchiveEntry {
  /** Relative to wherever it is unpacked, safe, and no other entry's. */
  readonly path: string;
  readonly kind: 'file' | 'directory';
  readonly size: number;
  /** Exactly `size` bytes, or an error; once, and while it is this entry's turn. */
  readonly open: () => AsyncIterable<Uint8Array>;
}

type Chunks = AsyncIterable<Uint8Array>;

const HEAD = 512;
const DAMAGED = 'it is damaged or cut off: make it anew';

/** What a file begins with says what it is; its name does not. */
const startsWith = (head: Buffer, magic: string, at = 0): boolean =>
  head.toString('latin1', at, at + magic.length) === magic;

/** The tar in an archive. Few calls unpack, so what reads a format loads when one comes. */
async function tarIn(head: Buffer, chunks: Chunks): Promise<Chunks> {
  if (startsWith(head, 'ustar', 257)) return chunks;
  if (startsWith(head, '\x1f\x8b')) return (await import('./gunzip.ts')).gunzip(chunks);
  if (startsWith(head, 'BZh')) return (await import('./bunzip2.ts')).bunzip2(chunks);
  if (startsWith(head, '\xfd7zXZ')) return (await import('./unxz.ts')).unxz(chunks);
  throw new ArchiveRefused(
    'it is no archive that is read here: use tar.gz, tar, tar.bz2, tar.xz or zip',
  );
}

/** Reads from a source and, when that fails, knows that the archive is not to blame. */
function watched(source: ArchiveSource, signal?: AbortSignal) {
  let failure: { readonly error: unknown } | undefined;
  const watchedSource: ArchiveSource = {
    size: source.size,
    async *stream(from, to) {
      try {
        yield* paced(source.stream(from, to), signal);
      } catch (error) {
        failure ??= { error };
        throw error;
      }
    },
  };
  const explain = (error: unknown): unknown => {
    if (failure !== undefined) return failure.error;
    if (signal?.aborted === true) return signal.reason;
    return error instanceof ArchiveRefused ? error : new ArchiveRefused(DAMAGED, { cause: error });
  };
  return { source: watchedSource, explain };
}

/** Lets an entry through, or throws; `undefined` for the folder that all others are in. */
const admitter =
  (admit: EntryPolicy, explain: (error: unknown) => unknown) =>
  ({ name, kind, size, open }: RawEntry): ArchiveEntry | undefined => {
    const path = admit({ name, kind, size });
    if (kind === 'other' || path === '') return undefined;
    const explained = async function* () {
      try {
        yield* open();
      } catch (error) {
        throw explain(error);
      }
    };
    return { path, kind, size, open: explained };
  };

async function* entriesIn(
  source: ArchiveSource,
  admit: (entry: RawEntry) => ArchiveEntry | undefined,
  signal?: AbortSignal,
): AsyncGenerator<ArchiveEntry | undefined> {
  const head = await buffer(source.stream(0, Math.min(HEAD, source.size)));
  if (startsWith(head, 'PK')) {
    yield* (await import('./zip-entries.ts')).zipEntries(source, admit);
    return;
  }
  const tar = paced(await tarIn(head, source.stream()), signal);
  for await (const entry of (await import('./tar-entries.ts')).tarEntries(tar)) yield admit(entry);
}

/**
 * The files and folders of an archive (tar, also in gzip, bzip2 or xz; zip), in constant memory.
 * Archives inside it are files like others. Of a zip every entry has passed the rules before the
 * first comes out, since its directory tells of all; of a tar each passes them before it comes
 * out, so that whoever wrote the ones before must take them back.
 *
 * Throws `ArchiveRefused` for whatever breaks the rules or the limits or cannot be read, and what
 * the source throws or `signal` tells as it is.
 */
export async function* openArchive(
  source: ArchiveSource,
  limits: EntryLimits,
  signal?: AbortSignal,
): AsyncGenerator<ArchiveEntry> {
  const { source: safe, explain } = watched(source, signal);
  const admit = admitter(createEntryPolicy(limits), explain);
  try {
    for await (const entry of entriesIn(safe, admit, signal)) if (entry !== undefined) yield entry;
  } catch (error) {
    throw explain(error);
  }
}
