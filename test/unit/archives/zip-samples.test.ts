import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ArchiveSource, bytesSource } from '#archives/archive-source.ts';
import { readArchive, UPLOAD_LIMITS, unpackArchive } from '#archives/read-archive.ts';
import { type ZipEntry, zip } from './archive-kit.ts';
import { type Python, startPython } from './python-archives.ts';
import { readBothWays } from './read-both-ways.ts';

const MIB = 1024 * 1024;

let python: Python;
beforeAll(() => {
  python = startPython();
});
afterAll(() => python.close());

/** Why it is refused, before anything of it is written. */
async function why(bytes: Buffer): Promise<unknown> {
  const read = await readBothWays(bytes);
  expect(read.file).toEqual(read.memory);
  expect(read.unpacking).toEqual(read.memory);
  expect(read.wasWritten).toBe(false);
  return read.memory;
}

const zeros = Buffer.alloc(2 * MIB);
/** Files that all have the same bytes, as a bomb of many gigabytes has them. */
const sharing = Array.from(
  { length: 100 },
  (_, n): ZipEntry => ({ name: `f${n}`, contents: zeros, offset: 0 }),
);
const DAMAGED = 'it is damaged or cut off: make it anew';
const DISAGREES = 'its directory and its files tell different things: make it anew';
const ENCRYPTED = 'it is encrypted: make it without a password';

/** A stored block of deflate, which more follows: its contents and five bytes before them. */
function storedBlock(contents: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt16LE(contents.length, 1);
  head.writeUInt16LE(0xffff - contents.length, 3);
  return Buffer.concat([head, contents]);
}

/**
 * As David Fifield made them: each file is the header of the next one, quoted, and then all that
 * the next one is, so that the many zeros at the end belong to every file.
 */
function quoted(count: number): Buffer {
  let [packed, contents] = [deflateRawSync(zeros, { level: 9 }), zeros];
  const entries: ZipEntry[] = [];
  let body = Buffer.alloc(0);
  for (let n = count - 1; n >= 0; n -= 1) {
    const entry: ZipEntry = { name: `f${n}`, contents, packed };
    const header = zip([entry]).subarray(0, 30 + `f${n}`.length);
    entries.unshift(entry);
    body = Buffer.concat([header, packed]);
    [packed, contents] = [
      Buffer.concat([storedBlock(header), packed]),
      Buffer.concat([header, contents]),
    ];
  }
  let at = 0;
  const placed = entries.map((entry): ZipEntry => {
    const offset = at;
    at += 30 + entry.name.length + 5;
    return { ...entry, offset };
  });
  return zip(placed, { body });
}

describe('a zip is refused before anything is written', () => {
  it.each([
    ['encryption', zip([{ name: 'a', flags: 1 }]), ENCRYPTED],
    ['strong encryption', zip([{ name: 'a', flags: 0x41 }]), ENCRYPTED],
    [
      'a method that is none',
      zip([{ name: 'a', method: 99 }]),
      '"a" is compressed by method 99: make the zip with deflate',
    ],
    [
      'Deflate64',
      zip([{ name: 'a', method: 9 }]),
      '"a" is compressed by method 9: make the zip with deflate',
    ],
    ['files that share their bytes', zip(sharing), 'files in it overlap: make it anew'],
    ['files whose headers lie in each other', quoted(200), 'files in it overlap: make it anew'],
    ['more of these than may be unpacked', quoted(300), /more than \d+ bytes unpacked/],
    [
      'a ratio that deflate does not reach',
      zip([{ name: 'a', size: 4_000_000 }]),
      'the size of "a" cannot be true: make it anew',
    ],
    [
      'a size of 4 GB by zip64',
      zip([{ name: 'a', zip64Size: 2n ** 32n }]),
      /more than \d+ bytes unpacked/,
    ],
    [
      'a size of 40 MB by zip64',
      zip([{ name: 'a', zip64Size: 40n * 2n ** 20n }]),
      'the size of "a" cannot be true: make it anew',
    ],
    [
      'a size of 2^63 by zip64',
      zip([{ name: 'a', zip64Size: 2n ** 63n }]),
      'a size in it is no number: make it anew',
    ],
    [
      'a place outside',
      zip([{ name: 'a', offset: 0xfffffff0 }]),
      'the size of "a" cannot be true: make it anew',
    ],
    [
      'a file behind the last that its end counts',
      zip([{ name: 'a' }, { name: 'b' }], { count: 1 }),
      DISAGREES,
    ],
    ['more files than there are', zip([{ name: 'a' }], { count: 60_000 }), DAMAGED],
    [
      'a folder with contents',
      zip([{ name: 'a/', contents: Buffer.from('x') }]),
      /"a\/" is neither/,
    ],
    ['its end cut off', zip([{ name: 'a' }]).subarray(0, -10), DAMAGED],
    ['something behind its end', Buffer.concat([zip([{ name: 'a' }]), Buffer.from('x')]), DAMAGED],
  ])('for %s', async (_, bytes, message) => {
    const told = await why(bytes);
    if (typeof message === 'string') expect(told).toBe(message);
    else expect(told).toMatch(message);
  });

  it('for 10,001 entries, and not for 10,000', async () => {
    const files = Array.from({ length: 10_001 }, (_, n) => ({ name: `f${n}` }));

    expect(await why(zip(files))).toBe('more than 10000 entries');
    const { paths } = await unpackArchive(zip(files.slice(1)), () => false);
    expect(paths.size).toBe(10_000);
  });

  it('for comments that would fill the memory, and not for one', async () => {
    const comment = Buffer.alloc(65_535, 'x');
    const files = Array.from({ length: 40 }, (_, n): ZipEntry => ({ name: `f${n}`, comment }));

    expect(await why(zip(files))).toBe(
      'its headers are too large: leave comments and attributes out',
    );
    expect((await unpackArchive(zip(files.slice(0, 1)), () => true)).paths.size).toBe(1);
  });

  it("for Python's LZMA", async () => {
    const bytes = await python.make('lzma.zip', [['a', Buffer.from('x')]]);

    expect(await why(bytes)).toBe('"a" is compressed by method 14: make the zip with deflate');
  });
});

describe('a zip is refused when the file is read', () => {
  const x = Buffer.from('x'.repeat(100));
  it.each([
    ['another name', zip([{ name: 'a', local: { name: 'b' } }]), DISAGREES],
    ['another method', zip([{ name: 'a', local: { method: 0 } }]), DISAGREES],
    ['another size', zip([{ name: 'a', contents: x, local: { size: 50 } }]), DISAGREES],
    ['a size that is too small', zip([{ name: 'a', contents: x, size: 10 }]), DAMAGED],
    ['a size that is too large', zip([{ name: 'a', contents: x, size: 200 }]), DAMAGED],
    ['a wrong checksum', zip([{ name: 'a', crc: 1 }]), 'a file in it is damaged: make it anew'],
    ['no header before it', zip([{ name: 'a', offset: 1 }]), DAMAGED],
  ])('for %s', async (_, bytes, message) => {
    const read = await readBothWays(bytes);

    expect(read).toMatchObject({ memory: message, file: message, unpacking: message, disk: [] });
    // Who does not want that file never sees it.
    expect((await unpackArchive(bytes, () => false)).paths.size).toBe(1);
  });
});

describe('a zip of nothing', () => {
  it('is refused where somebody looks for files, and unpacks to nothing', async () => {
    const read = await readBothWays(zip([]));

    expect(read).toMatchObject({ memory: 'it is empty', unpacking: undefined, disk: [] });
  });
});

describe('a zip in a zip', () => {
  it('is a file like others, however much it would hold', async () => {
    const inner = zip(sharing);
    const read = await readBothWays(zip([{ name: 'inner.zip', contents: inner }]));

    expect(read.memory).toEqual([['inner.zip', inner.toString('latin1')]]);
  });
});

describe('one small file of a large zip', () => {
  it('costs its directory and that file, whatever else there is', async () => {
    const large = randomBytes(3 * MIB);
    const bytes = zip([
      ...Array.from({ length: 5 }, (_, n) => ({ name: `weights${n}`, contents: large, method: 0 })),
      { name: 'MLproject', contents: Buffer.from('name: x') },
      ...Array.from({ length: 5 }, (_, n) => ({ name: `more${n}`, contents: large, method: 0 })),
    ]);
    let asked = 0;
    const whole = bytesSource(bytes);
    const counting: ArchiveSource = {
      size: whole.size,
      async *stream(from, to) {
        for await (const chunk of whole.stream(from, to)) {
          asked += chunk.byteLength;
          yield chunk;
        }
      },
    };

    const wanted = (path: string) => path === 'MLproject';
    const { files, paths } = await readArchive(counting, wanted, { limits: UPLOAD_LIMITS });

    expect(paths.size).toBe(11);
    expect(Buffer.from(files.get('MLproject') ?? []).toString()).toBe('name: x');
    expect(bytes.length).toBeGreaterThan(30 * MIB);
    expect(asked).toBeLessThan(MIB / 2);
  });
});
