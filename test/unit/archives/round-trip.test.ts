import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { honestTree } from './arbitrary-trees.ts';
import { MADE_BY_PYTHON, type Member, type Python, startPython } from './python-archives.ts';
import { readBothWays, type Tree } from './read-both-ways.ts';

let python: Python;
beforeAll(() => {
  python = startPython();
});
afterAll(() => python.close());

const byPath = ([a]: readonly [string, string], [b]: readonly [string, string]) => (a < b ? -1 : 1);
const toldBy = (members: readonly Member[]): Tree =>
  members
    .map(([path, bytes]): [string, string] =>
      bytes === undefined ? [`${path}/`, ''] : [path, Buffer.from(bytes).toString('latin1')],
    )
    .sort(byPath);

/** On disk there are also the folders that the archive does not name. */
function withFolders(tree: Tree): Tree {
  const folders = tree.flatMap(([path]) =>
    [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index + 1)),
  );
  const all = new Map([...folders.map((path): [string, string] => [path, '']), ...tree]);
  return [...all].sort(byPath);
}

it.each(MADE_BY_PYTHON)(
  'any tree comes back as it was, from memory, file and disk: %s',
  async (format) => {
    await fc.assert(
      fc.asyncProperty(honestTree, async (members) => {
        const read = await readBothWays(await python.make(format, members));

        const tree = toldBy(members);
        expect(read.memory).toEqual(tree);
        expect(read.file).toEqual(tree);
        expect(read.unpacking).toBeUndefined();
        const below = withFolders(tree).map(([path, text]) => [`target/${path}`, text]);
        expect(read.disk).toEqual([['target/', ''], ...below]);
      }),
      { numRuns: 40 },
    );
  },
);

it.each(['gnu.tar', 'pax.tar'] as const)(
  'names of any length come back, also as long as a block: %s',
  async (format) => {
    const lengths = [99, 100, 101, 255, 256, 257, 510, 511, 512, 513, 1000];
    const members = lengths.map((length): Member => {
      const path = `${length}/${'n'.repeat(199)}/`.padEnd(length, `${'m'.repeat(199)}/`);
      return [path.slice(0, length).replace(/\/$/, 'x'), Buffer.from(`${length}`)];
    });

    const read = await readBothWays(await python.make(format, members));

    expect(read.memory).toEqual(toldBy(members));
  },
);
