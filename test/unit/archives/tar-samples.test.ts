import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { unpackArchive } from '#archives/read-archive.ts';
import { paxBlocks, paxRecord, TAR_END, tar, tarBlock, tarData } from './archive-kit.ts';
import { readBothWays } from './read-both-ways.ts';

const everything = () => true;
const plain = (name: string, text: string) =>
  Buffer.concat([tarBlock({ name, size: text.length }), tarData(text)]);
const whole = (...parts: readonly Buffer[]) => Buffer.concat([...parts, TAR_END]);

async function why(bytes: Buffer): Promise<unknown> {
  const read = await readBothWays(bytes);
  expect(read.file).toBe(read.memory);
  expect(read.unpacking).toBe(read.memory);
  expect(read.disk).toEqual([]);
  return read.memory;
}

const NO_NUMBER = 'a size in it is no number: make it anew';
const TOO_LARGE = 'its headers are too large: leave comments and attributes out';
const DAMAGED = 'it is damaged or cut off: make it anew';
const NO_TAR = 'what is in it is no tar, or damaged: make it anew';
const SPECIAL = 'is neither a file nor a folder: leave links and devices out';
const sparse = (records: string) => whole(paxBlocks(records), plain('a', 'x'));

describe('a tar is refused', () => {
  it.each([
    ['a negative size', whole(tarBlock({ sizeField: '-0000000005\0' })), NO_NUMBER],
    [
      'a negative size in binary',
      whole(tarBlock({ sizeField: Buffer.alloc(12, 0xff) })),
      NO_NUMBER,
    ],
    [
      'a size in binary beyond all numbers',
      whole(tarBlock({ sizeField: Buffer.from([0x80, ...Array<number>(11).fill(0xff)]) })),
      NO_NUMBER,
    ],
    [
      'more digits than a size has',
      whole(tarBlock({ sizeField: '777777777777' })),
      /more than \d+ bytes/,
    ],
    ['a size that ends in other signs', whole(tarBlock({ sizeField: '0000000001x\0' })), NO_NUMBER],
    ['two sizes', whole(tarBlock({ sizeField: '00001 00002\0' })), NO_NUMBER],
    ['hexadecimal digits', whole(tarBlock({ sizeField: '0x000000001\0' })), NO_NUMBER],
    [
      'a size of pax that is none',
      whole(paxBlocks(paxRecord('size', '1e3')), plain('a', 'x')),
      NO_NUMBER,
    ],
    [
      'a size of pax that is negative',
      whole(paxBlocks(paxRecord('size', '-5')), plain('a', 'x')),
      DAMAGED,
    ],
    ['a hard link', whole(tarBlock({ type: '1' })), `"a" ${SPECIAL}`],
    ['a symlink', whole(tarBlock({ type: '2' })), `"a" ${SPECIAL}`],
    ['a device', whole(tarBlock({ type: '3' })), `"a" ${SPECIAL}`],
    ['a block device', whole(tarBlock({ type: '4' })), `"a" ${SPECIAL}`],
    ['a pipe', whole(tarBlock({ type: '6' })), `"a" ${SPECIAL}`],
    ["GNU's sparse file", whole(tarBlock({ type: 'S' })), `"a" ${SPECIAL}`],
    ["GNU's list of a folder", whole(tarBlock({ type: 'D' })), `"a" ${SPECIAL}`],
    ['the middle of a file of many volumes', whole(tarBlock({ type: 'M' })), `"a" ${SPECIAL}`],
    ['a type of its own', whole(tarBlock({ type: 'Z' })), `"a" ${SPECIAL}`],
    ['a file that calls itself a folder', whole(plain('a/', 'x')), `"a/" ${SPECIAL}`],
    [
      "pax's sparse file",
      sparse(paxRecord('GNU.sparse.major', '1') + paxRecord('GNU.sparse.name', 'other')),
      '"a" is sparse: make the tar without --sparse',
    ],
    [
      'one name for all files',
      whole(paxBlocks(paxRecord('path', '../evil'), 'g'), plain('a', 'x')),
      'it tells one name or size for all of its files: make it anew',
    ],
    [
      'one size for all files',
      whole(paxBlocks(paxRecord('comment', 'x') + paxRecord('size', '0'), 'g'), plain('a', 'x')),
      'it tells one name or size for all of its files: make it anew',
    ],
    [
      'a second tar behind the end of the first',
      whole(plain('seen', 'x'), TAR_END, plain('hidden', 'y')),
      'something follows the end of its tar: make it anew',
    ],
    [
      'an entry behind a single block of zeros',
      whole(plain('seen', 'x'), Buffer.alloc(512), plain('hidden', 'y')),
      'something follows the end of its tar: make it anew',
    ],
    [
      'zeros between a header of pax and its file',
      whole(paxBlocks(paxRecord('comment', 'x')), Buffer.alloc(512), plain('hidden', 'y')),
      NO_TAR,
    ],
    ['no end', plain('a', 'x'), 'it is cut off, its end is missing: send it whole'],
    [
      'half a block at its end',
      Buffer.concat([plain('a', 'x'), Buffer.alloc(100)]),
      'it is cut off, its end is missing: send it whole',
    ],
    [
      'half a file',
      Buffer.concat([tarBlock({ size: 5000 }), tarData('x')]),
      'it is cut off, a file in it is not whole: send it whole',
    ],
    ['a header of pax alone', whole(paxBlocks(paxRecord('path', 'a'))), NO_TAR],
    ['a header with a wrong sum', whole(tarBlock({}).fill('9', 148, 154)), DAMAGED],
    [
      'a huge header of pax',
      whole(paxBlocks(paxRecord('comment', 'x'.repeat(70_000))), plain('a', 'x')),
      TOO_LARGE,
    ],
    ['a long name of a gigabyte', whole(tarBlock({ type: 'L', size: 2 ** 30 })), TOO_LARGE],
    [
      'a long name whose size is no number',
      whole(tarBlock({ type: 'L', sizeField: '\x80' })),
      NO_NUMBER,
    ],
    [
      'headers without end',
      Buffer.concat(Array.from({ length: 200 }, () => paxBlocks(paxRecord('path', 'a')))),
      TOO_LARGE,
    ],
    ['two megabytes of padding', whole(plain('a', 'x'), Buffer.alloc(2 * 1024 * 1024)), TOO_LARGE],
  ])('for %s', async (_, bytes, message) => {
    const told = await why(bytes);
    if (typeof message === 'string') expect(told).toBe(message);
    else expect(told).toMatch(message);
  });

  it('for many large headers, also where each is small enough', async () => {
    const one = Buffer.concat([paxBlocks(paxRecord('comment', 'x'.repeat(60_000)))]);
    const parts = Array.from({ length: 40 }, (_, n) => [one, plain(`f${n}`, 'x')]).flat();

    expect(await why(whole(...parts))).toBe(TOO_LARGE);
  });

  it('for 10,001 entries, and not for 10,000', async () => {
    const files = Array.from({ length: 10_001 }, (_, n) => tarBlock({ name: `f${n}` }));

    await expect(unpackArchive(whole(...files), everything)).rejects.toThrow(
      'more than 10000 entries',
    );
    const { paths } = await unpackArchive(whole(...files.slice(1)), everything);
    expect(paths.size).toBe(10_000);
  });
});

describe('a tar is read', () => {
  it('with long names of GNU, also where their blocks are zeros', async () => {
    const name = `${'d'.repeat(255)}/${'e'.repeat(256)}`;
    const long = Buffer.concat([
      tarBlock({ name: '././@LongLink', type: 'L', size: name.length + 1 }),
      tarData(`${name}\0`),
    ]);
    expect(name.length % 512).toBe(0);

    const { files } = await unpackArchive(whole(long, plain('short', 'x')), everything);
    expect([...files.keys()]).toEqual([name]);
  });

  it('with a size in binary, folders that tell one, folders of old, and padding', async () => {
    const binary = Buffer.alloc(12);
    binary[0] = 0x80;
    binary[11] = 5;
    const bytes = whole(
      Buffer.concat([tarBlock({ name: 'a', sizeField: binary }), tarData('hello')]),
      tarBlock({ name: 'folder', type: '5', size: 4096 }),
      tarBlock({ name: 'old/', type: '0' }),
      tarBlock({ name: 'old/b', type: '7', size: 0 }),
      Buffer.alloc(20 * 512),
    );

    const { paths, files } = await unpackArchive(bytes, everything);
    expect([...paths]).toEqual([
      ['a', 'file'],
      ['folder', 'directory'],
      ['old', 'directory'],
      ['old/b', 'file'],
    ]);
    expect(Buffer.from(files.get('a') ?? []).toString()).toBe('hello');
  });

  it("with git's comment for all files", async () => {
    const bytes = whole(paxBlocks(paxRecord('comment', 'f'.repeat(40)), 'g'), plain('a', 'x'));

    expect((await unpackArchive(bytes, everything)).paths.size).toBe(1);
  });

  it('by what it holds, whatever it is called, and nothing in it is unpacked in turn', async () => {
    const inner = gzipSync(await tar([{ name: '../evil', contents: 'x' }]));
    const read = await readBothWays(await tar([{ name: 'inner.zip', contents: inner }]));

    expect(read.memory).toEqual([['inner.zip', inner.toString('latin1')]]);
  });
});
