/** The decoder inside of the package: its stream would hold a block as a list of numbers. */
declare module '@openpgp/unbzip2-stream/lib/bzip2.js' {
  type Bits = import('@openpgp/unbzip2-stream/lib/bit_iterator.js').Bits;
  const bzip2: {
    /** Reads the head of a stream; how many hundred thousand bytes its blocks have. */
    header(bits: Bits): number;
    /** Decodes a block; the checksum up to it, or null where the stream has ended. */
    decompress(
      bits: Bits,
      take: (byte: number) => void,
      block: Int32Array,
      size: number,
      checksum: number,
    ): number | null;
  };
  export = bzip2;
}

declare module '@openpgp/unbzip2-stream/lib/bit_iterator.js' {
  function bitIterator(next: () => Uint8Array | undefined): bitIterator.Bits;
  namespace bitIterator {
    interface Bits {
      (count: number | null): number;
      readonly bytesRead: number;
    }
  }
  export = bitIterator;
}
