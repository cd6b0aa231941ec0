import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type ArchiveSource, CHUNK } from './archive-source.ts';

/** An archive on disk, which must stay as it is while it is read. */
export async function fileSource(path: string): Promise<ArchiveSource> {
  const { size } = await stat(path);
  return {
    size,
    async *stream(from = 0, to = size) {
      // A read stream counts its last byte in, so it cannot be asked for nothing.
      if (from < to)
        yield* createReadStream(path, { start: from, end: to - 1, highWaterMark: CHUNK });
    },
  };
}
