import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import type { BlobsTests } from './blobs.suite.ts';
import { uniqueName } from './suite.ts';

const MIB = 1024 * 1024;

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.byteLength; from += size) yield bytes.subarray(from, from + size);
}

export const streamedPutTests = ({ blobs, test }: BlobsTests): void => {
  describe('streamed puts', () => {
    test('stores a stream of several parts, whatever the size of its chunks', async () => {
      const bytes = randomBytes(20 * MIB + 3);
      for (const size of [64 * 1024, 11 * MIB]) {
        const key = uniqueName('streamed');

        await blobs().putStream(key, chunksOf(bytes, size), { contentType: 'application/gzip' });

        expect(Buffer.from((await blobs().get(key)) ?? []).equals(bytes)).toBe(true);
        expect(await blobs().head(key)).toMatchObject({ key, size: bytes.length });
      }
    });

    test('stores a short stream and an empty one', async () => {
      const key = uniqueName('short');

      await blobs().putStream(key, chunksOf(Buffer.from('abc'), 2));
      await blobs().putStream(`${key}-empty`, chunksOf(new Uint8Array(), 1));

      expect(Buffer.from((await blobs().get(key)) ?? []).toString()).toBe('abc');
      expect(await blobs().head(`${key}-empty`)).toMatchObject({ size: 0 });
    });

    test('keeps what was there when a stream fails, and throws its error', async () => {
      const key = uniqueName('failing');
      await blobs().put(key, 'before');
      const failure = new Error('no more');
      async function* failing() {
        yield* chunksOf(randomBytes(9 * MIB), MIB);
        throw failure;
      }

      await expect(blobs().putStream(key, failing())).rejects.toBe(failure);

      expect(Buffer.from((await blobs().get(key)) ?? []).toString()).toBe('before');
    });

    test('stores nothing of a stream that was aborted', async () => {
      const key = uniqueName('aborted');
      const abort = new AbortController();
      async function* endless() {
        for (let at = 0; at < 1_000; at += 1) {
          if (at === 20) abort.abort(new Error('enough'));
          yield new Uint8Array(MIB);
          await setTimeout(0);
        }
      }

      const put = blobs().putStream(key, endless(), { signal: abort.signal });

      await expect(put).rejects.toThrow('enough');
      expect(await blobs().head(key)).toBeUndefined();
    });
  });
};
