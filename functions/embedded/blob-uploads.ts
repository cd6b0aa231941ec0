import { createHash } from 'node:crypto';
import type { UploadedPart } from '#kernel/blobs.ts';
import type { Clock } from '#kernel/clock.ts';
import { invalid } from '#kernel/errors.ts';
import type { SavedFile, Segment } from './blob-files.ts';
import type { BlobIndex } from './blob-index.ts';

/** Every part but the last must have so many bytes. */
const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_PARTS = 10_000;

const ABANDONED_AFTER_MS = 24 * 3_600_000;

interface PartRow extends Segment {
  readonly number: number;
  readonly etag: string;
}

/** Multipart uploads; each method returns the segments that nothing needs any more. */
export interface BlobUploads {
  /** Also ends the uploads that nobody completed within a day, as the bucket's lifecycle does. */
  start(id: string, key: string): readonly Segment[];
  isOpen(id: string, key: string): boolean;
  addPart(id: string, key: string, partNumber: number, saved: SavedFile): readonly Segment[];
  complete(
    id: string,
    key: string,
    parts: readonly UploadedPart[],
    options?: { once?: boolean },
  ): readonly Segment[];
  abort(id: string, key: string): readonly Segment[];
}

const invalidPart = (message: string) => invalid('invalid_part', message);
const noSuchUpload = () => invalid('no_such_upload', 'The upload does not exist or has ended.');

export const requirePartNumber = (partNumber: number): void => {
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > MAX_PARTS) {
    throw invalidPart(`Part numbers are 1 to ${MAX_PARTS}.`);
  }
};

const requireParts = (parts: readonly UploadedPart[]): void => {
  let last = 0;
  for (const { partNumber } of parts) {
    requirePartNumber(partNumber);
    if (partNumber <= last) throw invalidPart('Parts must be in ascending order.');
    last = partNumber;
  }
  if (last === 0) throw invalidPart('An upload has at least one part.');
};

/** An etag as the answer to a PUT shows it, in quotes. */
export const quoted = (etag: string): string => `"${etag.replaceAll('"', '')}"`;

const etagOfParts = (parts: readonly UploadedPart[]): string => {
  const digest = createHash('md5');
  for (const { etag } of parts) digest.update(Buffer.from(etag.replaceAll('"', ''), 'hex'));
  return quoted(`${digest.digest('hex')}-${parts.length}`);
};

const chosenParts = (
  stored: readonly PartRow[],
  parts: readonly UploadedPart[],
): readonly Segment[] => {
  const byNumber = new Map(stored.map((part) => [part.number, part]));
  return parts.map(({ partNumber, etag }, at) => {
    const part = byNumber.get(partNumber);
    if (part === undefined) throw invalidPart(`Part ${partNumber} was not uploaded.`);
    if (part.etag !== quoted(etag)) throw invalidPart(`Part ${partNumber} has another ETag.`);
    if (part.size < MIN_PART_BYTES && at < parts.length - 1) {
      throw invalidPart(`Part ${partNumber} is smaller than 5 MiB and not the last.`);
    }
    return { file: part.file, size: part.size };
  });
};

/** The rows of uploads and their parts, one statement each. */
const uploadRows = ({ database }: BlobIndex) => {
  const insert = database.prepare('INSERT INTO uploads VALUES (?, ?, ?)');
  const select = database.prepare('SELECT 1 FROM uploads WHERE id = ? AND key = ?');
  const selectOld = database.prepare('SELECT id FROM uploads WHERE started < ?');
  const drop = database.prepare('DELETE FROM uploads WHERE id = ?');
  const selectParts = database.prepare('SELECT * FROM parts WHERE upload = ? ORDER BY number');
  const selectPart = database.prepare('SELECT * FROM parts WHERE upload = ? AND number = ?');
  const upsertPart = database.prepare('INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?, ?)');
  const dropParts = database.prepare('DELETE FROM parts WHERE upload = ?');
  const parts = (id: string) => selectParts.all(id) as unknown as readonly PartRow[];
  return {
    insert: (id: string, key: string, now: number) => insert.run(id, key, now),
    isOpen: (id: string, key: string): boolean => select.get(id, key) !== undefined,
    startedBefore: (time: number) => selectOld.all(time).map(({ id }) => String(id)),
    parts,
    part: (id: string, number: number) => selectPart.get(id, number) as PartRow | undefined,
    putPart: (id: string, number: number, { file, size, md5 }: SavedFile) =>
      upsertPart.run(id, number, file, size, quoted(md5)),
    /** Drops the upload and answers the parts that it had. */
    end: (id: string): readonly PartRow[] => {
      const had = parts(id);
      drop.run(id);
      dropParts.run(id);
      return had;
    },
  };
};

const completer =
  (index: BlobIndex, rows: ReturnType<typeof uploadRows>) =>
  (id: string, key: string, parts: readonly UploadedPart[], once: boolean): readonly Segment[] => {
    const etag = etagOfParts(parts);
    if (!rows.isOpen(id, key)) {
      // Completed before, and the answer was lost.
      if (index.find(key)?.etag === etag) return [];
      throw noSuchUpload();
    }
    if (once && index.find(key) !== undefined) {
      throw invalid('object_exists', 'There is another object of that key.');
    }
    const segments = chosenParts(rows.parts(id), parts);
    const used = new Set(segments.map(({ file }) => file));
    const size = segments.reduce((sum, segment) => sum + segment.size, 0);
    const replaced = index.replace(key, { size, etag, segments });
    return [...replaced, ...rows.end(id).filter(({ file }) => !used.has(file))];
  };

export const openBlobUploads = (index: BlobIndex, clock: Clock): BlobUploads => {
  const { immediate } = index.database;
  const rows = uploadRows(index);
  const complete = completer(index, rows);
  return {
    start: (id, key) =>
      immediate(() => {
        rows.insert(id, key, clock.now());
        return rows.startedBefore(clock.now() - ABANDONED_AFTER_MS).flatMap(rows.end);
      }),
    isOpen: rows.isOpen,
    addPart: (id, key, partNumber, saved) =>
      immediate(() => {
        if (!rows.isOpen(id, key)) throw noSuchUpload();
        const before = rows.part(id, partNumber);
        rows.putPart(id, partNumber, saved);
        return before === undefined ? [] : [before];
      }),
    complete: (id, key, parts, { once = false } = {}) => {
      requireParts(parts);
      return immediate(() => complete(id, key, parts, once));
    },
    abort: (id, key) => immediate(() => (rows.isOpen(id, key) ? rows.end(id) : [])),
  };
};
