import { setImmediate } from 'node:timers/promises';

/**
 * Where an archive's bytes are: in memory, on disk, or in a store that reads ranges. A tar is read
 * by one stream from its beginning, a zip by many ranges, most of them near its end.
 */
export interface ArchiveSource {
  readonly size: number;
  /** The bytes from `from` up to, not including, `to`; without them, all. */
  stream(from?: number, to?: number): AsyncIterable<Uint8Array>;
}

export const CHUNK = 64 * 1024;
const CHUNKS_A_TURN = 16;

export function bytesSource(bytes: Uint8Array): ArchiveSource {
  const size = bytes.byteLength;
  return {
    size,
    async *stream(from = 0, to = size) {
      for (let at = from; at < to; at += CHUNK) yield bytes.subarray(at, Math.min(at + CHUNK, to));
    },
  };
}

/**
 * The same chunks, until `signal` ends them. Decoders and memory answer at once, so that without
 * the pauses neither timers nor other requests would get a turn.
 */
export async function* paced(
  chunks: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let turn = 0;
  for await (const chunk of chunks) {
    turn += 1;
    if (turn % CHUNKS_A_TURN === 0) await setImmediate();
    signal?.throwIfAborted();
    yield chunk;
  }
}
