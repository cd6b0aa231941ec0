import fc from 'fast-check';
import type { Member } from './python-archives.ts';

const segment = fc.oneof(
  fc.constantFrom('a', 'b', 'src', 'MLproject', 'x.py', '.hidden', 'with space', 'größe', '日本語'),
  fc.constantFrom('n'.repeat(99), 'n'.repeat(100), 'n'.repeat(101), 'n'.repeat(155), '.'.repeat(3)),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
);
const isPlain = (part: string) =>
  part !== '.' &&
  part !== '..' &&
  !/[\p{Cc}\p{Cs}/\\:]/u.test(part) &&
  !/[. ]$/.test(part) &&
  part === part.normalize('NFC');

const contents = fc.oneof(
  { weight: 8, arbitrary: fc.uint8Array({ maxLength: 2000 }) },
  fc
    .constantFrom(0, 1, 511, 512, 513, 65_536, 200_000)
    .map((size) => new Uint8Array(size).fill(65)),
  fc.uint8Array({ minLength: 70_000, maxLength: 80_000 }),
);

const comparable = (path: string) => path.normalize('NFC').toLowerCase().normalize('NFC');

/** Files and folders with honest names: none of them twice, nor in a file. */
export const honestTree: fc.Arbitrary<readonly Member[]> = fc
  .array(
    fc.tuple(
      fc.array(segment.filter(isPlain), { minLength: 1, maxLength: 4 }),
      fc.option(contents, { nil: undefined, freq: 5 }),
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((drawn) => {
    const [seen, files, spelled] = [
      new Set<string>(),
      new Set<string>(),
      new Map<string, string>(),
    ];
    return drawn.flatMap(([parts, bytes]): Member[] => {
      const path = parts.join('/');
      const above = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
      const isTwin = above.some((each) => (spelled.get(comparable(each)) ?? each) !== each);
      if (isTwin || seen.has(path) || above.some((each) => files.has(each))) return [];
      for (const each of above) {
        seen.add(each);
        spelled.set(comparable(each), each);
      }
      if (bytes !== undefined) files.add(path);
      return [[path, bytes]];
    });
  });
