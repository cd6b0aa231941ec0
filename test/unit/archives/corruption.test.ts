import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MADE_BY_PYTHON, type Member, type Python, startPython } from './python-archives.ts';
import { readBothWays, type Tree } from './read-both-ways.ts';

const MIB = 1024 * 1024;

let python: Python;
beforeAll(() => {
  python = startPython();
});
afterAll(() => python.close());

const members: readonly Member[] = [
  ['a.txt', Buffer.from('hello '.repeat(300))],
  ['folder', undefined],
  [
    `folder/${'n'.repeat(120)}`,
    Buffer.from(Array.from({ length: 3_000 }, (_, n) => (n * n) % 251)),
  ],
  ['größe/x', Buffer.alloc(0)],
  ['zeros', Buffer.alloc(20_000)],
];

type Change = (bytes: Buffer) => Buffer;
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const at = (bytes: Buffer, where: number) => Math.floor(where * bytes.length);
/** What happens to bytes on their way, or by somebody's hand. */
const change: fc.Arbitrary<Change> = fc.oneof(
  place.map(
    (where): Change =>
      (bytes) =>
        bytes.subarray(0, at(bytes, where)),
  ),
  fc.tuple(place, fc.nat(255)).map(
    ([where, byte]): Change =>
      (bytes) => {
        const changed = Buffer.from(bytes);
        changed[at(bytes, where)] = byte;
        return changed;
      },
  ),
  fc.tuple(place, fc.nat(7)).map(
    ([where, bit]): Change =>
      (bytes) => {
        const changed = Buffer.from(bytes);
        changed[at(bytes, where)] = (changed[at(bytes, where)] ?? 0) ^ (1 << bit);
        return changed;
      },
  ),
  fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 40 })).map(
    ([where, more]): Change =>
      (bytes) =>
        Buffer.concat([
          bytes.subarray(0, at(bytes, where)),
          more,
          bytes.subarray(at(bytes, where)),
        ]),
  ),
  fc.tuple(place, place).map(
    ([one, other]): Change =>
      (bytes) => {
        const [from, to] = [at(bytes, Math.min(one, other)), at(bytes, Math.max(one, other))];
        return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
      },
  ),
  fc.tuple(place, place).map(
    ([one, other]): Change =>
      (bytes) => {
        const [from, to] = [at(bytes, Math.min(one, other)), at(bytes, Math.max(one, other))];
        return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
      },
  ),
);

/** What of a tree is no folder: those above a file are on disk whether the archive names them or not. */
const filesOf = (tree: Tree) => tree.filter(([path]) => !path.endsWith('/'));

it.each(MADE_BY_PYTHON)(
  'whatever becomes of an archive, it is read or refused: %s',
  async (format) => {
    const honest = await python.make(format, members);
    const startedAt = process.memoryUsage().rss;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const bytes = changes.reduce((changed, each) => each(changed), honest);

        // Whatever is thrown but a refusal fails here, and so does what is written elsewhere.
        const read = await readBothWays(bytes);

        expect(typeof read.file).toBe(typeof read.memory);
        if (typeof read.memory === 'string') {
          // Where nothing is in it, there is nothing to read, and unpacking it is no harm.
          if (read.memory !== 'it is empty') expect(read.unpacking).toBeTypeOf('string');
          expect(read.disk).toEqual([]);
        } else {
          expect(read.file).toEqual(read.memory);
          const below = filesOf(read.memory).map(([path, text]) => [`target/${path}`, text]);
          expect(filesOf(read.disk)).toEqual(below);
        }
      }),
      { numRuns: 150, timeout: 5_000 },
    );
    expect(process.memoryUsage().rss - startedAt).toBeLessThan(400 * MIB);
  },
);
