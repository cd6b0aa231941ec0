import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type Header, pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { makeArchive, UPLOAD_LIMITS, unpackArchive } from '#domain/archives/index.ts';
import { ArchiveRefused, createEntryPolicy } from '#kernel/archive-entries.ts';

type TarEntry = Partial<Header> & { readonly name: string; readonly contents?: string | Buffer };

async function tar(entries: readonly TarEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const { contents = '', ...header } of entries) {
    if (header.type === undefined || header.type === 'file') archive.entry(header, contents);
    else archive.entry(header);
  }
  archive.finalize();
  return buffer(archive);
}
const tarGz = async (entries: readonly TarEntry[]) => gzipSync(await tar(entries));

interface ZipEntry {
  readonly name: string;
  readonly contents?: Buffer;
  /** What the directory says, where that is not the truth. */
  readonly size?: number;
  readonly crc?: number;
  readonly flags?: number;
  readonly method?: number;
  readonly mode?: number;
  readonly zip64Size?: bigint;
  /** Where the directory says that the file begins. */
  readonly offset?: number;
}

/** A zip whose directory may lie. */
function zip(entries: readonly ZipEntry[], count = entries.length): Buffer {
  const [bodies, directory]: [Buffer[], Buffer[]] = [[], []];
  let at = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const contents = entry.contents ?? Buffer.from('x');
    const packed = deflateRawSync(contents, { level: 9 });
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(45, 0);
    fields.writeUInt16LE(0x800 | (entry.flags ?? 0), 2);
    fields.writeUInt16LE(entry.method ?? 8, 4);
    fields.writeUInt32LE(entry.crc ?? crc32(contents), 10);
    fields.writeUInt32LE(packed.length, 14);
    const size = entry.size ?? contents.length;
    fields.writeUInt32LE(entry.zip64Size === undefined ? size : 0xffffffff, 18);
    fields.writeUInt16LE(name.length, 22);
    const extra = Buffer.alloc(entry.zip64Size === undefined ? 0 : 12);
    if (entry.zip64Size !== undefined) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(8, 2);
      extra.writeBigUInt64LE(entry.zip64Size, 4);
    }
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, name, packed]);
    fields.writeUInt16LE(extra.length, 24);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 6);
    tail.writeUInt32LE(entry.offset ?? at, 10);
    const madeBy = Buffer.from([45, 3]);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), madeBy, fields, tail, name, extra]));
    bodies.push(local);
    at += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, central, end]);
}

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

  it('refuses headers that fill the memory', async () => {
    const pax = { path: 'a', comment: 'x'.repeat(3_000_000) };
    await refused(await tarGz([{ name: 'a', contents: 'x', pax }]));
    const padding = gzipSync(Buffer.concat([await tar([{ name: 'a' }]), Buffer.alloc(5_000_000)]));
    await refused(padding);
  });

  it.each([
    ['it is encrypted', zip([{ name: 'a', flags: 1 }])],
    ['strong encryption', zip([{ name: 'a', flags: 0x41 }])],
    ['a method that is none', zip([{ name: 'a', method: 99 }])],
    ['a size that is too small', zip([{ name: 'a', contents: Buffer.alloc(1_000), size: 10 }])],
    ['a size that is too large', zip([{ name: 'a', size: 10 }])],
    ['a wrong checksum', zip([{ name: 'a', crc: 1 }])],
    ['a zip64 size of 2^63', zip([{ name: 'a', zip64Size: 2n ** 63n }])],
    ['a zip64 size that is no number here', zip([{ name: 'a', zip64Size: 2n ** 53n + 2n }])],
    ['a zip64 size of 4 GB', zip([{ name: 'a', zip64Size: 2n ** 32n }])],
    ['more entries than there are', zip([{ name: 'a' }], 60_000)],
    ['an offset outside', zip([{ name: 'a', offset: 0xfffffff0 }])],
    ['an empty zip', zip([])],
    ['an empty tar', gzipSync(Buffer.alloc(1024))],
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('hello '.repeat(200))],
    ['gzip of text', gzipSync(Buffer.from('hello '.repeat(200)))],
    ['bzip2', Buffer.from('BZh91AY&SY')],
    ['xz', Buffer.from('fd377a585a000004', 'hex')],
  ])('refuses %s', async (_, bytes) => {
    await refused(bytes);
  });

  it('refuses a tar whose size is no number', async () => {
    await refused(await tarGz([{ name: 'a', contents: 'x', pax: { size: '-5' } }]));
    await refused(await tarGz([{ name: 'a', contents: 'x', pax: { size: 'NaN' } }]));
  });

  it('refuses what is cut off or changed anywhere, or reads names that are safe', async () => {
    const whole = [
      await makeArchive(entries.slice(0, 1), 'zip'),
      await makeArchive(entries.slice(0, 1), 'tar_gz'),
      await tar([
        { name: 'a', contents: 'hello' },
        { name: 'd/b', contents: 'x' },
      ]),
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...whole),
        fc.nat(),
        fc.nat(255),
        fc.boolean(),
        async (bytes, at, byte, cut) => {
          const place = at % bytes.byteLength;
          const changed = cut
            ? bytes.subarray(0, place)
            : Buffer.from(bytes).fill(byte, place, place + 1);
          const outcome = await unpackArchive(changed, everything).catch((error: unknown) => error);

          if (outcome instanceof Error) expect(outcome).toBeInstanceOf(ArchiveRefused);
          else
            expect(
              [...(outcome as { paths: Map<string, string> }).paths.keys()].join('/'),
            ).not.toMatch(/(^|\/)\.\.(\/|$)|^\//);
        },
      ),
      { numRuns: 300 },
    );
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
