/** A stream of bytes, taken in pieces of the size that its reader needs. */
export interface ByteReader {
  /** The next bytes, at least one and at most `most`; `undefined` at the end. */
  some(most: number): Promise<Uint8Array | undefined>;
  /** Exactly `count` bytes; `undefined` where the end comes first. */
  exactly(count: number): Promise<Buffer | undefined>;
  /** Lets go of the stream, wherever it is. */
  close(): Promise<void>;
}

export function byteReader(chunks: AsyncIterable<Uint8Array>): ByteReader {
  const iterator = chunks[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();
  const some = async (most: number): Promise<Uint8Array | undefined> => {
    while (rest.byteLength === 0) {
      const { value, done } = await iterator.next();
      if (done === true) return undefined;
      rest = value;
    }
    const taken = rest.subarray(0, most);
    rest = rest.subarray(taken.byteLength);
    return taken;
  };
  return {
    some,
    async exactly(count) {
      const taken = Buffer.alloc(count);
      for (let at = 0; at < count; ) {
        const bytes = await some(count - at);
        if (bytes === undefined) return undefined;
        taken.set(bytes, at);
        at += bytes.byteLength;
      }
      return taken;
    },
    async close() {
      await iterator.return?.();
    },
  };
}
