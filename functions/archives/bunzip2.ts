/// <reference path="./unbzip2-stream.d.ts" />
import { setImmediate } from 'node:timers/promises';
import bitIterator, { type Bits } from '@openpgp/unbzip2-stream/lib/bit_iterator.js';
import bzip2 from '@openpgp/unbzip2-stream/lib/bzip2.js';
import { CHUNK } from './archive-source.ts';

/** More than a block can take: 900,000 symbols of the 17 bits that encoders use at most. */
const MAX_PACKED_BLOCK = 2 * 1024 * 1024;
const BLOCK_UNIT = 100_000;

/** The bytes of one block after the other: 46 MB at most, where all are the same. */
function blockSink() {
  let bytes = new Uint8Array(BLOCK_UNIT * 10);
  let length = 0;
  return {
    take: (byte: number): void => {
      if (length === bytes.length) {
        const larger = new Uint8Array(length * 2);
        larger.set(bytes);
        bytes = larger;
      }
      bytes[length] = byte;
      length += 1;
    },
    *drain(): Generator<Uint8Array> {
      for (let at = 0; at < length; at += CHUNK) {
        yield bytes.slice(at, Math.min(at + CHUNK, length));
      }
      length = 0;
    },
  };
}

/** What was read and is not decoded yet: the decoder takes bits from it and cannot wait. */
function packedQueue(chunks: AsyncIterable<Uint8Array>) {
  const iterator = chunks[Symbol.asyncIterator]();
  const queue: Uint8Array[] = [];
  let queued = 0;
  let isWhole = false;
  return {
    bits: (): Bits => bitIterator(() => queue.shift()),
    /** Reads on until the next block is there; whether there is more at all. */
    async fill(bits?: Bits): Promise<boolean> {
      const left = () => queued - (bits?.bytesRead ?? 0);
      while (!isWhole && left() < MAX_PACKED_BLOCK) {
        const { value, done } = await iterator.next();
        isWhole = done === true;
        if (done === true || value.byteLength === 0) continue;
        queue.push(value);
        queued += value.byteLength;
      }
      return left() > 0;
    },
    close: async () => void (await iterator.return?.()),
  };
}

/**
 * What bzip2 holds, all of its streams one after the other, block by block. Throws where it is
 * damaged or cut off.
 */
export async function* bunzip2(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const packed = packedQueue(chunks);
  const sink = blockSink();
  let block = new Int32Array(0);
  try {
    await packed.fill();
    const bits = packed.bits();
    while (await packed.fill(bits)) {
      const size = bzip2.header(bits) * BLOCK_UNIT;
      if (block.length < size) block = new Int32Array(size);
      let checksum: number | null = 0;
      while (checksum !== null) {
        await packed.fill(bits);
        checksum = bzip2.decompress(bits, sink.take, block, size, checksum);
        yield* sink.drain();
        // A block takes a moment, in which nobody else gets a turn.
        await setImmediate();
      }
    }
  } finally {
    await packed.close();
  }
}
