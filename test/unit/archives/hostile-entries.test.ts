import { existsSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { honestTree } from './arbitrary-trees.ts';
import { type TarEntry, tar, type ZipEntry, zip } from './archive-kit.ts';
import { type Member, type Python, startPython } from './python-archives.ts';
import { readBothWays } from './read-both-ways.ts';

let python: Python;
beforeAll(() => {
  python = startPython();
});
afterAll(() => python.close());

const OUTSIDE = '/tmp/assay-evil';

interface Entry {
  readonly name: string;
  readonly contents?: Buffer;
  readonly type?: 'symlink' | 'link' | 'character-device' | 'block-device' | 'fifo' | 'directory';
}

const MODES = {
  symlink: 0o120777,
  // Zip has none; a socket is as far from a plain file.
  link: 0o140777,
  'character-device': 0o020666,
  'block-device': 0o060666,
  fifo: 0o010666,
  directory: 0o040755,
};

const asTar = (entries: readonly Entry[]): Promise<Buffer> =>
  tar(
    entries.map(({ name, contents, type }): TarEntry => {
      // The header itself ends a name at a NUL.
      const pax = name.includes('\0') ? { pax: { path: name } } : {};
      const link = type === 'link' || type === 'symlink' ? { linkname: '/etc/passwd' } : {};
      return {
        name: name.replaceAll('\0', ''),
        ...(type && { type }),
        ...pax,
        ...link,
        ...(contents && { contents }),
      };
    }),
  );
const asZip = (entries: readonly Entry[]): Buffer =>
  zip(
    entries.map(({ name, contents = Buffer.alloc(0), type }): ZipEntry => {
      const folder = type === 'directory' ? '/' : '';
      return { name: `${name}${folder}`, contents, mode: type ? MODES[type] : 0o100644 };
    }),
  );
const formats = {
  tar: asTar,
  'tar.gz': async (entries: readonly Entry[]) => gzipSync(await asTar(entries)),
  'tar.bz2': async (entries: readonly Entry[]) => python.squeeze('bz2-1', await asTar(entries)),
  'tar.xz': async (entries: readonly Entry[]) => python.squeeze('xz', await asTar(entries)),
  zip: async (entries: readonly Entry[]) => asZip(entries),
};

const entriesOf = (members: readonly Member[]): readonly Entry[] =>
  members.map(([name, bytes]) =>
    bytes === undefined ? { name, type: 'directory' } : { name, contents: Buffer.from(bytes) },
  );

const named = (...names: readonly string[]) =>
  fc
    .constantFrom(...names)
    .map((name) => (): readonly Entry[] => [{ name, contents: Buffer.from('evil') }]);
const inserted: fc.Arbitrary<(members: readonly Member[]) => readonly Entry[]> = fc.oneof(
  named('../evil', '..', 'a/../../evil', 'a/..', './../evil', `../${'x/'.repeat(40)}evil`),
  named(OUTSIDE, `/${OUTSIDE}`, 'C:/evil', 'c:evil', 'C:\\evil', '\\\\host\\evil', '..\\evil'),
  named(
    'a\0b',
    'evil\0/../x',
    'a\nb',
    'a\x7fb',
    'a//b',
    'a/./b',
    'x'.repeat(1001),
    `${'d/'.repeat(65)}f`,
  ),
  fc
    .constantFrom(
      'symlink' as const,
      'link' as const,
      'character-device' as const,
      'block-device' as const,
      'fifo' as const,
    )
    .map((type) => () => [{ name: 'evil', type }]),
  // A link, and a file through it.
  fc.constant(() => [
    { name: 'through', type: 'symlink' as const },
    { name: 'through/evil', contents: Buffer.from('evil') },
  ]),
  // What is there already: again, in other cases, other accents, or as what it is not.
  fc
    .constantFrom<(name: string) => string>(
      (name) => name,
      (name) => `./${name}`,
      (name) => `${name}/below`,
      (name) => `${name}.`,
      (name) => `${name} `,
    )
    .map((twin) => (members: readonly Member[]) => {
      const [name] = members.find(([, bytes]) => bytes !== undefined) ?? ['evil'];
      return [name, twin(name)].map((each) => ({ name: each, contents: Buffer.from('evil') }));
    }),
  fc
    .constantFrom(
      ['twin', 'TWIN'],
      ['é', 'e\u0301'],
      ['Ǆ', 'ǆ'],
      ['dir/a', 'DIR/b'],
      ['K', '\u212a'],
    )
    .map((pair) => () => pair.map((name) => ({ name, contents: Buffer.from('evil') }))),
);

it.each(Object.entries(formats))(
  'one hostile entry anywhere is refused, and nothing stays: %s',
  async (format, make) => {
    await fc.assert(
      fc.asyncProperty(honestTree, inserted, fc.nat(), async (members, hostile, at) => {
        const honest = entriesOf(members);
        const place = at % (honest.length + 1);
        const all = [...honest.slice(0, place), ...hostile(members), ...honest.slice(place)];

        const read = await readBothWays(await make(all));

        expect(read.memory).toBeTypeOf('string');
        expect(read.file).toBe(read.memory);
        expect(read.unpacking).toBe(read.memory);
        expect(read.disk).toEqual([]);
        // The directory of a zip tells of the hostile one before anything is written.
        if (format === 'zip') expect(read.wasWritten).toBe(false);
        expect(existsSync(OUTSIDE)).toBe(false);
      }),
      { numRuns: 60 },
    );
  },
);
