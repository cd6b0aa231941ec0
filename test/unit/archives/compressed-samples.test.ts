import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesSource } from '#archives/archive-source.ts';
import { bunzip2 } from '#archives/bunzip2.ts';
import { gunzip } from '#archives/gunzip.ts';
import { readArchive, UPLOAD_LIMITS, unpackArchive } from '#archives/read-archive.ts';
import { tarEntries } from '#archives/tar-entries.ts';
import { unxz } from '#archives/unxz.ts';
import { paxBlocks, paxRecord, TAR_END, tar, tarBlock } from './archive-kit.ts';
import { type Python, type Squeezed, startPython } from './python-archives.ts';
import { readBothWays } from './read-both-ways.ts';

const MIB = 1024 * 1024;
const everything = () => true;
const NO_TAR = 'what is in it is no tar, or damaged: make it anew';

let python: Python;
beforeAll(() => {
  python = startPython();
});
afterAll(() => python.close());

async function why(bytes: Uint8Array): Promise<unknown> {
  const read = await readBothWays(bytes);
  expect(read.file).toBe(read.memory);
  expect(read.unpacking).toBe(read.memory);
  expect(read.disk).toEqual([]);
  return read.memory;
}

const compressors = {
  gzip: async (bytes: Buffer) => gzipSync(bytes),
  bzip2: (bytes: Buffer) => python.squeeze('bz2-1', bytes),
  xz: (bytes: Buffer) => python.squeeze('xz', bytes),
};
const decoders = { gzip: gunzip, bzip2: bunzip2, xz: unxz };
type Name = keyof typeof compressors;
const names = Object.keys(compressors) as Name[];

async function decoded(name: Name, bytes: Uint8Array): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of decoders[name](bytesSource(bytes).stream())) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Text that repeats itself here and there, as much as `size`. */
const prose = (size: number): Buffer =>
  Buffer.from(
    Array.from({ length: size / 8 }, (_, n) => `${(n * n) % 9973} word`.padEnd(8)).join(''),
  );

describe.each(names)('what %s holds', (name) => {
  it('comes back, from nothing to more than one block', async () => {
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('x'),
      prose(400_000),
      Buffer.alloc(300_000),
    ]) {
      expect((await decoded(name, await compressors[name](bytes))).equals(bytes)).toBe(true);
    }
  });

  it('comes back whole from several streams, one after the other', async () => {
    const parts = [prose(300_000), Buffer.alloc(0), Buffer.from('x'), prose(1_000)];
    const packed = await Promise.all(parts.map((part) => compressors[name](part)));

    expect((await decoded(name, Buffer.concat(packed))).equals(Buffer.concat(parts))).toBe(true);
  });

  it('is an error when it is cut off anywhere, or goes on with something else', async () => {
    const packed = await compressors[name](prose(2_000));
    const cuts = Array.from(
      { length: 40 },
      (_, n) => 1 + Math.floor((n * (packed.length - 2)) / 39),
    );

    for (const at of cuts) await expect(decoded(name, packed.subarray(0, at))).rejects.toThrow();
    await expect(decoded(name, Buffer.concat([packed, Buffer.from('more')]))).rejects.toThrow();
  });

  it('is an error where a bit of its contents or sums has changed', async () => {
    const packed = await compressors[name](prose(2_000));
    for (const at of [0.3, 0.6, 0.9]) {
      const changed = Buffer.from(packed);
      const place = Math.floor(packed.length * at);
      changed[place] = (changed[place] ?? 0) ^ 0x10;
      await expect(decoded(name, changed)).rejects.toThrow();
    }
  });

  it('may be abandoned, and others are read at the same time', async () => {
    const packed = await compressors[name](prose(1_000_000));
    for (let time = 0; time < 3; time += 1) {
      for await (const chunk of decoders[name](bytesSource(packed).stream())) {
        expect(chunk.byteLength).toBeGreaterThan(0);
        break;
      }
    }
    const all = await Promise.all([1, 2, 3, 4].map(() => decoded(name, packed)));

    for (const each of all) expect(each.equals(prose(1_000_000))).toBe(true);
  });

  it('is told apart from a tar that is none', async () => {
    expect(await why(await compressors[name](prose(4_000)))).toBe(NO_TAR);
    expect(await why(await compressors[name](Buffer.alloc(0)))).toBe(
      'it is cut off, its end is missing: send it whole',
    );
    const twice = await compressors[name](await compressors[name](await tar([{ name: 'a' }])));
    expect(await why(twice)).toMatch(/no tar|cut off/);
  });
});

describe('xz', () => {
  const UNKNOWN = 'its check or filter of xz is not read here: make it with xz --check=crc64';

  it.each<[Squeezed, string]>([
    ['xz-1G', 'it takes more than 64 MiB of memory to unpack: make it with xz -9 or less'],
    ['xz-sha256', UNKNOWN],
    ['xz-delta', UNKNOWN],
  ])('says what to do where it cannot read: %s', async (how, message) => {
    expect(await why(await python.squeeze(how, await tar([{ name: 'a', contents: 'x' }])))).toBe(
      message,
    );
  });

  it('reads what the largest of its usual dictionaries made, again and again', async () => {
    const bytes = await python.squeeze('xz-64M', await tar([{ name: 'a', contents: 'x' }]));
    const before = process.memoryUsage().rss;

    for (let time = 0; time < 10; time += 1) {
      expect((await unpackArchive(bytes, everything)).paths.size).toBe(1);
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * MIB);
  });
});

describe('bombs', () => {
  /** A tar of one file whose header says less, or of all that there is. */
  const bomb = (size: number, told = size) =>
    Buffer.concat([tarBlock({ name: 'zeros', size: told }), Buffer.alloc(size), TAR_END]);

  it.each(names)('are refused by their headers, and not decoded any further: %s', async (name) => {
    const packed = await compressors[name](bomb(20 * MIB));
    expect(packed.length).toBeLessThan(100_000);
    let bytes = 0;
    const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        bytes += chunk.byteLength;
        yield chunk;
      }
    };

    const limits = { ...UPLOAD_LIMITS, maxBytes: 20 * MIB - 1 };
    await expect(unpackArchive(packed, everything, limits)).rejects.toThrow(
      'more than 20971519 bytes unpacked',
    );
    const unpacked = decoders[name](bytesSource(packed).stream());
    for await (const { size } of tarEntries(counted(unpacked))) {
      expect(size).toBe(20 * MIB);
      break;
    }
    expect(bytes).toBeLessThanOrEqual(64 * 1024);
  });

  it.each(names)('of zeros behind the end of the tar are not read on: %s', async (name) => {
    const packed = await compressors[name](bomb(10 * MIB, 0));

    expect(await why(packed)).toBe('its headers are too large: leave comments and attributes out');
  });

  it.each(names)('that say less than they hold are refused: %s', async (name) => {
    const contents = Buffer.alloc(5 * MIB, 1);
    const packed = await compressors[name](
      Buffer.concat([tarBlock({ name: 'a', size: 10 }), contents, TAR_END]),
    );

    expect(await why(packed)).toBe(NO_TAR);
  });

  it('of 200 MB of zeros are refused by a limit of less, and read within one of more', async () => {
    const part = gzipSync(Buffer.alloc(10 * MIB));
    const count = 20;
    const packed = Buffer.concat([
      gzipSync(tarBlock({ name: 'zeros', size: count * 10 * MIB })),
      ...Array.from({ length: count }, () => part),
      gzipSync(TAR_END),
    ]);
    const limits = { maxEntries: 10, maxBytes: 200 * MIB };

    await expect(
      unpackArchive(packed, everything, { ...limits, maxBytes: 200 * MIB - 1 }),
    ).rejects.toThrow('more than 209715199 bytes unpacked');
    expect((await unpackArchive(packed, () => false, limits)).paths.size).toBe(1);
  });

  it('of the attributes of all files, copied for each, cost no more than they are', async () => {
    const record = (n: number) => paxRecord(`k${n}`, '');
    const global = paxBlocks(Array.from({ length: 5_000 }, (_, n) => record(n)).join(''), 'g');
    const own = paxBlocks(paxRecord('comment', 'x'));
    const files = Array.from({ length: 5_000 }, (_, n) => [
      own,
      tarBlock({ name: `f${n}` }),
    ]).flat();

    const bytes = Buffer.concat([global, tarBlock({ name: 'first' }), ...files, TAR_END]);
    expect((await unpackArchive(bytes, everything)).paths.size).toBe(5_001);
  });
});

describe('a gzip that unpacks to itself', () => {
  it('is no tar, and nothing is unpacked twice', async () => {
    // The first member quotes what follows it: what comes out begins with gzip again.
    const inner = gzipSync(Buffer.from('x'));
    const outer = Buffer.concat([gzipSync(inner, { level: 0 }), inner]);

    expect(await why(outer)).toMatch(/no tar|cut off/);
  });
});

describe('reading for too long', () => {
  it('ends with what to do about it, whatever the decoder is busy with', async () => {
    const contents = prose(2 * MIB);
    const bytes = Buffer.concat([tarBlock({ size: contents.length }), contents, TAR_END]);
    const source = bytesSource(await python.squeeze('bz2-1', bytes));

    await expect(readArchive(source, everything, { seconds: 0.001 })).rejects.toThrow(
      'it takes more than 0.001 s to read: use zip or tar.gz, or less',
    );
  });
});
