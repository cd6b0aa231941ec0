import { describe } from 'vitest';
import type { Blobs } from '#kernel/blobs.ts';
import { multipartTests } from './blobs-multipart.ts';
import { listTests, objectTests } from './blobs-objects.ts';
import { onceAndChecksumTests } from './blobs-once.ts';
import { signedGetTests } from './blobs-signed.ts';
import { signedPutTests } from './blobs-signed-put.ts';
import { streamedPutTests } from './blobs-streamed.ts';
import { type ContractOptions, contractTests, openedOnce } from './suite.ts';

export interface OpenBlobs {
  /** Its signed URLs must answer over plain HTTP. */
  readonly blobs: Blobs;
  /** Lets so many seconds pass on the clock that ends signed URLs. */
  elapse(seconds: number): Promise<void>;
  close(): Promise<void>;
}

export interface BlobsTests {
  readonly blobs: () => Blobs;
  readonly elapse: (seconds: number) => Promise<void>;
  readonly test: (title: string, run: () => Promise<void>) => void;
}

/** What every adapter of the Blobs port must do. The tests share one store and clean nothing. */
export const blobsContract = (
  name: string,
  open: () => Promise<OpenBlobs>,
  options: ContractOptions = {},
): void => {
  describe(`blobs contract: ${name}`, () => {
    const store = openedOnce('blobs are', open);
    const { test, assertLacksAreKnown } = contractTests(options);
    const tests: BlobsTests = {
      blobs: () => store().blobs,
      elapse: (seconds) => store().elapse(seconds),
      test,
    };
    objectTests(tests);
    listTests(tests);
    signedGetTests(tests);
    signedPutTests(tests);
    multipartTests(tests);
    streamedPutTests(tests);
    onceAndChecksumTests(tests);
    assertLacksAreKnown();
  });
};
