import { expect, it } from 'vitest';
import { inputHashOf } from '#kernel/trail.ts';

const hashOf = (body: unknown) => inputHashOf({ query: undefined, body });

it('tells files apart by their bytes, however they are held', () => {
  const file = (bytes: Uint8Array) => hashOf({ workflow: { filename: 'w.zip', bytes } });
  const bytes = new Uint8Array([1, 2, 3]);

  expect(file(Buffer.from(bytes))).toBe(file(bytes));
  expect(file(new Uint8Array([1, 2, 4]))).not.toBe(file(bytes));
  expect(file(new Uint8Array())).not.toBe(file(bytes));
});

it('takes files that are longer than a text can be when each byte is written as a number', () => {
  const bytes = new Uint8Array(100 * 1024 * 1024).fill(200);

  expect(hashOf({ bytes })).not.toBe(hashOf({ bytes: bytes.subarray(1) }));
});

it('tells large integers from texts and from others', () => {
  const hashes = [2n ** 64n, 2n ** 64n + 1n, 1n, '1', 1, null].map((id) => hashOf({ id }));

  expect(new Set(hashes).size).toBe(hashes.length);
});
