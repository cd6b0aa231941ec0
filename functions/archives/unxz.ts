import { ReadableStream } from 'node:stream/web';
// Whole, as unbundled code gets it: Node finds no names in what webpack made.
import xz from 'xz-decompress';
import { ArchiveRefused } from '#kernel/archive-entries.ts';

const { XzReadableStream } = xz;

const TOO_LARGE = 'it takes more than 64 MiB of memory to unpack: make it with xz -9 or less';
const UNKNOWN = 'its check or filter of xz is not read here: make it with xz --check=crc64';
/** Faults that other settings mend, by the codes of the decoder. */
const FAULTS: { readonly [code: string]: string } = {
  2: UNKNOWN,
  3: TOO_LARGE,
  4: TOO_LARGE,
  6: UNKNOWN,
};

/**
 * Each archive gets a decoder of its own: its memory goes with it, and nothing that a hostile one
 * does to it, or leaves locked, reaches another.
 */
function forgetDecoder(): void {
  Object.assign(XzReadableStream, {
    _moduleInstance: undefined,
    _moduleInstancePromise: undefined,
    _contextMutex: { acquire: async () => undefined, release: () => undefined },
  });
}

/** Ends when the one that was started last has its decoder. */
let starting: Promise<void> = Promise.resolve();

/**
 * Tells when the first of the chunks is asked for, which a decoder does when it is made; none of
 * them is empty, which would be the end.
 */
async function* announced(
  chunks: AsyncIterable<Uint8Array>,
  isAskedFor: () => void,
): AsyncGenerator<Uint8Array> {
  isAskedFor();
  for await (const chunk of chunks) if (chunk.byteLength > 0) yield chunk;
}

/** `isReady` is called when it has a decoder of its own. */
async function* decoded(
  chunks: AsyncIterable<Uint8Array>,
  isReady: () => void,
): AsyncGenerator<Uint8Array> {
  forgetDecoder();
  const packed = ReadableStream.from(announced(chunks, isReady));
  const reader = new XzReadableStream(packed).getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (error) {
    const [, code = ''] = /error code (\d+)/.exec(String(error)) ?? [];
    throw code in FAULTS ? new ArchiveRefused(`${FAULTS[code]}`, { cause: error }) : error;
  } finally {
    // It complains when it has come to its end already.
    await reader.cancel().catch(() => undefined);
  }
}

/**
 * What xz holds, all of its streams one after the other. Throws where it is damaged or cut off, or
 * needs a dictionary of more than 64 MiB.
 */
export async function* unxz(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const started = Promise.withResolvers<void>();
  const before = starting;
  starting = started.promise;
  // Two that share a decoder lose sight of their memory as soon as one of them lets it grow.
  await before;
  try {
    yield* decoded(chunks, started.resolve);
  } finally {
    started.resolve();
  }
}
