import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** What gzip holds, all of its members one after the other. Throws where it is damaged or cut off. */
export async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const inflated = createGunzip();
  // Its error is that of `inflated` as well, which is where it is heard.
  pipeline(chunks, inflated).catch(() => undefined);
  try {
    yield* inflated;
  } finally {
    inflated.destroy();
  }
}
