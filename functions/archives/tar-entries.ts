import { ArchiveRefused } from '#kernel/archive-entries.ts';
import { CHUNK } from './archive-source.ts';
import { type ByteReader, byteReader } from './byte-reader.ts';
import { createOverhead } from './overhead.ts';
import type { RawEntry } from './raw-entry.ts';
import { nextTarHeader, padded, tarKind } from './tar-header.ts';

/** The contents of one entry, whether somebody wants them or not. */
function contentsOf(input: ByteReader, size: number) {
  let left = size;
  const next = async (): Promise<Uint8Array | undefined> => {
    if (left === 0) return undefined;
    const bytes = await input.some(Math.min(left, CHUNK));
    if (bytes === undefined)
      throw new ArchiveRefused('it is cut off, a file in it is not whole: send it whole');
    left -= bytes.byteLength;
    return bytes;
  };
  return {
    async *open() {
      for (let bytes = await next(); bytes !== undefined; bytes = await next()) yield bytes;
    },
    async skip() {
      while ((await next()) !== undefined);
      if ((await input.exactly(padded(size) - size)) === undefined) {
        throw new ArchiveRefused('it is cut off, a file in it is not whole: send it whole');
      }
    },
  };
}

/**
 * After its end a tar is filled up with zeros. Of whatever else comes there some readers would see
 * files and most would not.
 */
async function requireOnlyZeros(input: ByteReader, spend: (bytes: number) => void): Promise<void> {
  for (;;) {
    const bytes = await input.some(CHUNK);
    if (bytes === undefined) return;
    spend(bytes.byteLength);
    if (bytes.some((byte) => byte !== 0)) {
      throw new ArchiveRefused('something follows the end of its tar: make it anew');
    }
  }
}

/** The entries of a tar as they come, each with its contents while it is its turn. */
export async function* tarEntries(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<RawEntry> {
  const input = byteReader(chunks);
  const spend = createOverhead();
  try {
    for (;;) {
      const next = await nextTarHeader(input);
      if (next === undefined) return await requireOnlyZeros(input, spend);
      const { header, taken } = next;
      spend(taken, 1);
      const [kind, size] = [tarKind(header), header.size];
      // A folder has no contents, whatever its size says.
      const contents = contentsOf(input, kind === 'directory' ? 0 : size);
      yield { name: header.name, kind, size, open: contents.open };
      await contents.skip();
    }
  } finally {
    await input.close();
  }
}
