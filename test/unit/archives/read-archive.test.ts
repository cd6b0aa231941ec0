import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UPLOAD_LIMITS, unpackArchive } from '#archives/read-archive.ts';
import { makeArchive } from '#domain/archives/index.ts';
import { ArchiveRefused, createEntryPolicy } from '#kernel/archive-entries.ts';
import { type TarEntry, tar, type ZipEntry, zip } from './archive-kit.ts';

const tarGz = async (entries: readonly TarEntry[]) => gzipSync(await tar(entries));
const everything = () => true;
const nothing = () => false;
const refused = (bytes: Uint8Array, wanted = everything, limits = UPLOAD_LIMITS) =>
  expect(unpackArchive(bytes, wanted, limits)).rejects.toThrow(ArchiveRefused);

/** Bad names, and what is said of each. */
const slips = [
  ['../evil', 'the name "../evil" leads out of its folder'],
  ['a/../../evil', 'the name "a/../../evil" leads out of its folder'],
  ['/etc/evil', 'the name "/etc/evil" is an absolute path'],
  ['a\\..\\evil', 'the name "a\\..\\evil" holds a backslash'],
  ['C:/evil', 'the name "C:/evil" is an absolute path'],
  ['C:evil', 'the name "C:evil" is an absolute path'],
  ['a//b', 'the name "a//b" is not a plain relative name'],
  ['./../evil', 'the name "./../evil" leads out of its folder'],
  ['a/./b', 'the name "a/./b" is not a plain relative name'],
  ['a\nb', 'the name "a?b" holds a control character'],
  ['a\u0001\u202eb', 'the name "a??b" holds a control character'],
  ['..', 'the name ".." leads out of its folder'],
  ['a/..', 'the name "a/.." leads out of its folder'],
  [`../${'x'.repeat(900)}`, `the name "../${'x'.repeat(97)}" leads out of its folder`],
  ['x'.repeat(1_001), `the name "${'x'.repeat(100)}" has more than 1000 characters`],
  ['x/'.repeat(65), `the name "${'x/'.repeat(50)}" is more than 64 folders deep`],
] as const;
const twins: readonly (readonly [string, string])[] = [
  ['a', 'a'],
  ['a', './a'],
  ['a', 'A'],
  ['Dir/x', 'dir/y'],
  ['é', 'e\u0301'],
  ['a', 'a/b'],
  ['a/b', 'a'],
];

describe('unpacking', () => {
  const entries = [
    { path: 'a.txt', bytes: Buffer.from('a') },
    { path: 'dir/b.bin', bytes: randomBytes(200_000) },
    { path: 'dir/größe', bytes: Buffer.alloc(0) },
  ];

  it.each(['tar_gz', 'zip'] as const)('gives back what was packed: %s', async (type) => {
    const packed = await makeArchive(entries, type);
    const { files, paths } = await unpackArchive(packed, everything);

    for (const { path, bytes } of entries) {
      expect(Buffer.from(files.get(path) ?? []).equals(bytes)).toBe(true);
    }
    expect([...paths.keys()]).toEqual(entries.map(({ path }) => path));
  });

  it.each(['tar_gz', 'zip'] as const)('keeps only what is wanted: %s', async (type) => {
    const packed = await makeArchive(entries, type);
    const { files, paths } = await unpackArchive(packed, (path) => path === 'a.txt');

    expect([...files.keys()]).toEqual(['a.txt']);
    expect(paths.size).toBe(3);
  });

  it('reads tar as it is, folders, ./ and several members of gzip', async () => {
    const plain = await tar([
      { name: './', type: 'directory' },
      { name: './a/', type: 'directory' },
      { name: './a/b', contents: 'b' },
    ]);
    const half = plain.length / 2;
    const members = [gzipSync(plain.subarray(0, half)), gzipSync(plain.subarray(half))];

    for (const bytes of [plain, Buffer.concat(members)]) {
      const { files, paths } = await unpackArchive(bytes, everything);
      expect([...paths]).toEqual([
        ['a', 'directory'],
        ['a/b', 'file'],
      ]);
      expect(Buffer.from(files.get('a/b') ?? []).toString()).toBe('b');
    }
  });

  it('takes archives inside for files', async () => {
    const inner = zip([{ name: '../evil' }]);
    const { files } = await unpackArchive(
      await tarGz([{ name: 'in.zip', contents: inner }]),
      everything,
    );

    expect(Buffer.from(files.get('in.zip') ?? []).equals(inner)).toBe(true);
  });

  it.each(slips)('refuses the name %j, and says why', async (name, why) => {
    const archives = [await tarGz([{ name, contents: 'x' }]), zip([{ name }])];

    for (const bytes of archives) {
      for (const wanted of [everything, nothing]) {
        const error = await unpackArchive(bytes, wanted).catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(ArchiveRefused);
        expect(error).toHaveProperty('message', why);
      }
    }
  });

  it('refuses a NUL in a name, which it does not repeat', async () => {
    const refusal = expect(unpackArchive(zip([{ name: 'a\0b' }]), everything)).rejects;

    await refusal.toThrow(new ArchiveRefused('the name "a?b" holds a control character'));
  });

  it.each(twins)('refuses %j beside %j', async (one, other) => {
    await refused(
      await tarGz([
        { name: one, contents: '1' },
        { name: other, contents: '2' },
      ]),
    );
    await refused(zip([{ name: one }, { name: other }]));
  });

  it.each([
    ['a symlink', { type: 'symlink', linkname: '/etc' }, 0o120777],
    ['a hard link', { type: 'link', linkname: 'b' }, undefined],
    ['a device', { type: 'character-device' }, 0o020666],
    ['a block device', { type: 'block-device' }, 0o060666],
    ['a pipe', { type: 'fifo' }, 0o010666],
    ['a socket', undefined, 0o140777],
  ] as const)('refuses %s', async (_, header, mode) => {
    if (header !== undefined) await refused(await tarGz([{ name: 'a', ...header }]), nothing);
    if (mode !== undefined) await refused(zip([{ name: 'a', mode }]), nothing);
  });

  it('refuses more entries, and takes exactly as many as it may', async () => {
    const limits = { ...UPLOAD_LIMITS, maxEntries: 100 };
    const many = (count: number) => Array.from({ length: count }, (_, n) => ({ name: `f${n}` }));

    for (const make of [tarGz, async (list: readonly ZipEntry[]) => zip(list)]) {
      expect((await unpackArchive(await make(many(100)), nothing, limits)).paths.size).toBe(100);
      await refused(await make(many(101)), nothing, limits);
    }
  });

  it('refuses bombs without unpacking them', async () => {
    const zeros = Buffer.alloc(51 * 1024 * 1024);
    const large = gzipSync(await tar([{ name: 'a', contents: zeros }]));
    const startedAt = process.memoryUsage().rss;

    await refused(large);
    await refused(large, nothing);
    await refused(zip([{ name: 'a', contents: zeros }]));
    expect(process.memoryUsage().rss - startedAt).toBeLessThan(150 * 1024 * 1024);
  });

  it('refuses many files that are small alone, and files that overlap', async () => {
    const contents = Buffer.alloc(4_000_000);
    const overlapping = Array.from({ length: 200 }, (_, n) => ({
      name: `f${n}`,
      contents,
      offset: 0,
    }));

    await refused(zip(overlapping), nothing);
    await refused(zip(overlapping.slice(0, 20)), everything);
  });

  it.each([
    ['an empty tar', gzipSync(Buffer.alloc(1024))],
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('hello '.repeat(200))],
    ['gzip of text', gzipSync(Buffer.from('hello '.repeat(200)))],
  ])('refuses %s', async (_, bytes) => {
    await refused(bytes);
  });
});

describe('the rules for entries', () => {
  it('let only names through that stay inside, each once', () => {
    const part = fc.constantFrom(
      'a',
      'B',
      'b',
      '.',
      '..',
      '',
      'C:',
      'a\\b',
      'x\0',
      'é',
      'e\u0301',
      '\ud800',
    );
    const name = fc.array(part, { maxLength: 4 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.array(name, { maxLength: 6 }), (names) => {
        const admit = createEntryPolicy(UPLOAD_LIMITS);
        const taken: string[] = [];
        for (const each of names) {
          try {
            taken.push(admit({ name: each, kind: 'file', size: 1 }));
          } catch (error) {
            expect(error).toBeInstanceOf(ArchiveRefused);
          }
        }
        const folded = taken.map((each) => each.normalize('NFC').toLowerCase());
        expect(new Set(folded).size).toBe(taken.length);
        for (const each of taken) {
          expect(new URL(each.replaceAll('%', '%25'), 'file:///root/').pathname).toMatch(
            /^\/root\/./,
          );
        }
      }),
    );
  });
});
