import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomIds } from '#kernel/ids.ts';

/** A file of bytes that never changes once it has its name. */
export interface Segment {
  readonly file: string;
  readonly size: number;
}

export interface SavedFile extends Segment {
  /** Lower-case hex. */
  readonly md5: string;
  /** Base64. */
  readonly sha256: string;
}

/** Files with names of our own; which object they belong to is the index's business. */
export interface BlobFiles {
  /** Keeps all of `source` or, when that fails or `accept` throws, nothing. */
  save(source: AsyncIterable<Uint8Array>, accept?: (saved: SavedFile) => void): Promise<SavedFile>;
  /** The bytes from `from` to `to`, both included, of the segments put one after the other. */
  read(segments: readonly Segment[], from: number, to: number): AsyncGenerator<Uint8Array>;
  drop(segments: readonly Segment[]): Promise<void>;
  clear(): Promise<void>;
}

const READ_CHUNK = 256 * 1024;
const ABANDONED_AFTER_MS = 24 * 3_600_000;

// Two levels keep folders small; the id is random, so its first digits spread evenly.
const pathIn = (folder: string, file: string): string =>
  join(folder, 'data', file.slice(0, 2), file);

const NOTHING = Buffer.alloc(64 * 1024);

const isZero = (chunk: Uint8Array): boolean =>
  chunk.byteLength <= NOTHING.byteLength &&
  NOTHING.compare(chunk, 0, chunk.byteLength, 0, chunk.byteLength) === 0;

const writeAll = async (handle: FileHandle, chunk: Uint8Array, at: number): Promise<void> => {
  for (let done = 0; done < chunk.byteLength; ) {
    const left = chunk.byteLength - done;
    done += (await handle.write(chunk, done, left, at + done)).bytesWritten;
  }
};

const write = async (path: string, source: AsyncIterable<Uint8Array>) => {
  const md5 = createHash('md5');
  const sha256 = createHash('sha256');
  let size = 0;
  const handle = await open(path, 'wx');
  try {
    for await (const chunk of source) {
      md5.update(chunk);
      sha256.update(chunk);
      // A run of zeros stays a hole.
      if (!isZero(chunk)) await writeAll(handle, chunk, size);
      size += chunk.byteLength;
    }
    await handle.truncate(size);
  } finally {
    await handle.close();
  }
  return { size, md5: md5.digest('hex'), sha256: sha256.digest('base64') };
};

/** A process that was killed leaves its unfinished files behind. */
const dropAbandoned = async (incoming: string): Promise<void> => {
  for (const name of await readdir(incoming).catch(() => [])) {
    const path = join(incoming, name);
    const found = await stat(path).catch(() => undefined);
    // Age on the clock of the file system, which is not the clock of the application.
    if (found !== undefined && Date.now() - found.mtimeMs > ABANDONED_AFTER_MS) {
      await rm(path, { force: true });
    }
  }
};

async function* readSegments(
  folder: string,
  segments: readonly Segment[],
  from: number,
  to: number,
): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (const { file, size } of segments) {
    const first = Math.max(0, from - start);
    const last = Math.min(size - 1, to - start);
    if (first <= last) {
      const range = { start: first, end: last, highWaterMark: READ_CHUNK };
      yield* createReadStream(pathIn(folder, file), range) as AsyncIterable<Buffer>;
    }
    start += size;
  }
}

export const openBlobFiles = (folder: string): BlobFiles => {
  const incoming = join(folder, 'incoming');
  const cleaned = dropAbandoned(incoming);
  return {
    save: async (source, accept) => {
      await cleaned;
      const file = randomIds.hex32();
      const path = join(incoming, file);
      await mkdir(incoming, { recursive: true });
      try {
        const saved = { file, ...(await write(path, source)) };
        accept?.(saved);
        await mkdir(dirname(pathIn(folder, file)), { recursive: true });
        await rename(path, pathIn(folder, file));
        return saved;
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
    },
    read: (segments, from, to) => readSegments(folder, segments, from, to),
    drop: async (segments) => {
      for (const { file } of segments) await rm(pathIn(folder, file), { force: true });
    },
    clear: async () => {
      await rm(join(folder, 'data'), { recursive: true, force: true });
    },
  };
};
