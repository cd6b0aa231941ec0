import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import type { ArchiveSource } from './archive-source.ts';

/** The directory of a zip is read in many small pieces that lie side by side. */
const WINDOW = 64 * 1024;

/** Pieces of a source, from a window that moves on when one is not in it. */
function windowOn(source: ArchiveSource) {
  let [start, held] = [0, Buffer.alloc(0)];
  return async (from: number, length: number): Promise<Buffer> => {
    if (from < start || from + length > start + held.length) {
      const to = Math.min(from + Math.max(length, WINDOW), source.size);
      [start, held] = [from, await buffer(source.stream(from, to))];
    }
    return held.subarray(from - start, from - start + length);
  };
}

type Reader = RandomAccessReader & { _readStreamForRange(from: number, to: number): Readable };

/** What the reader of zips asks for, from a source. */
function rangesOf(source: ArchiveSource): Reader {
  const pieces = windowOn(source);
  // Its type says abstract; it is a function of old, whose parts may be set.
  const reader = new (RandomAccessReader as unknown as new () => Reader)();
  reader._readStreamForRange = (from, to) => Readable.from(source.stream(from, to));
  reader.read = (target, offset, length, position, done) => {
    const settle: (error: Error | null, bytes: number) => void = done;
    pieces(position, length).then(
      (bytes) => settle(null, bytes.copy(target, offset)),
      (error) => settle(error as Error, 0),
    );
  };
  return reader;
}

/**
 * Opens a zip. What its directory says of sizes is held against what comes; names are for our own
 * rules, which say what is wrong with which.
 */
export const openZip = (source: ArchiveSource): Promise<ZipFile> =>
  fromRandomAccessReaderPromise(rangesOf(source), source.size, {
    autoClose: false,
    decodeStrings: false,
    validateEntrySizes: true,
  });
