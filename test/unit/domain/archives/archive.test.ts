import { describe, expect, it } from 'vitest';
import { archiveOf, makeArchive } from '#domain/archives/archive.ts';
import type { ArchiveFile } from '#domain/archives/formats.ts';
import { asRecord, untar, unzip } from './unpacked.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const longPath = `${'deep/'.repeat(40)}file.py`;
const entries = [
  { path: 'tools/a.py', bytes: bytesOf('print("ä")\n') },
  { path: 'tools/empty.py', bytes: new Uint8Array() },
  { path: longPath, bytes: bytesOf('x') },
];
const contents = { 'tools/a.py': 'print("ä")\n', 'tools/empty.py': '', [longPath]: 'x' };

describe('an archive', () => {
  it('as tar.gz holds the entries in their order, all from the beginning of time', async () => {
    const members = await untar(await makeArchive(entries, 'tar_gz'));

    expect(asRecord(members)).toEqual(contents);
    expect(members.map(({ path }) => path)).toEqual(entries.map(({ path }) => path));
    expect(new Set(members.map(({ mtime }) => mtime))).toEqual(new Set([0]));
  });

  it('as zip holds the entries in their order', async () => {
    const members = unzip(await makeArchive(entries, 'zip'));

    expect(asRecord(members)).toEqual(contents);
    expect(members.map(({ path }) => path)).toEqual(entries.map(({ path }) => path));
  });

  it.each(['tar_gz', 'zip'] as const)('as %s of the same entries is the same', async (type) => {
    const first = await makeArchive(entries, type);
    await new Promise((resolve) => setTimeout(resolve, 10));
    const again = await makeArchive(entries, type);
    const other = await makeArchive(entries.slice(1), type);

    expect(Buffer.from(first).equals(again)).toBe(true);
    expect(Buffer.from(first).equals(other)).toBe(false);
  });
});

const MIB = 1024 * 1024;

/** Chunks that a compressor makes small quickly. */
async function* zeros(size: number): AsyncGenerator<Uint8Array> {
  const chunk = new Uint8Array(64 * 1024);
  for (let left = size; left > 0; left -= chunk.byteLength) yield chunk.subarray(0, left);
}

const large = (path: string, size: number): ArchiveFile => ({
  path,
  size,
  chunks: () => zeros(size),
});

describe('an archive of large files', () => {
  it.each(['tar_gz', 'zip'] as const)('as %s needs no memory for them', async (type) => {
    const files = [1, 2, 3].map((number) => large(`folder/${number}`, 100 * MIB));
    let [first, most] = [0, 0];
    for await (const _ of archiveOf(files, type)) {
      const { rss } = process.memoryUsage();
      first ||= rss;
      most = Math.max(most, rss);
    }

    expect(first).toBeGreaterThan(0);
    expect(most - first).toBeLessThan(100 * MIB);
  });

  it.each(['tar_gz', 'zip'] as const)('as %s fails as its files do, and stops', async (type) => {
    let asked = 0;
    async function* failing(): AsyncGenerator<Uint8Array> {
      asked += 1;
      yield new Uint8Array(10);
      throw new Error('lost');
    }
    const broken = { path: 'a', size: 20, chunks: failing };
    const read = async () => {
      for await (const _ of archiveOf([broken, { ...broken, path: 'b' }], type));
    };

    await expect(read()).rejects.toThrow('lost');
    expect(asked).toBe(1);
  });

  it.each(['tar_gz', 'zip'] as const)(
    'as %s lets go of a file that nobody reads on',
    async (type) => {
      let [begun, released] = [false, false];
      async function* watched(): AsyncGenerator<Uint8Array> {
        begun = true;
        try {
          yield* zeros(10 * MIB * MIB);
        } finally {
          released = true;
        }
      }
      for await (const _ of archiveOf(
        [{ path: 'a', size: 10 * MIB * MIB, chunks: watched }],
        type,
      )) {
        if (begun) break;
      }

      await expect.poll(() => released).toBe(true);
    },
  );
});
