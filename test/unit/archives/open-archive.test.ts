import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type ArchiveSource, bytesSource } from '#archives/archive-source.ts';
import { openArchive } from '#archives/open-archive.ts';
import { readArchive, UPLOAD_LIMITS } from '#archives/read-archive.ts';
import { ArchiveRefused } from '#kernel/archive-entries.ts';
import { AppError } from '#kernel/errors.ts';
import { type TarEntry, tar, zip } from './archive-kit.ts';

const entries: readonly TarEntry[] = ['a', 'b', 'c'].map((name) => ({
  name,
  contents: Buffer.alloc(200_000, name),
}));
const archives: readonly (readonly [string, () => Promise<Buffer>])[] = [
  ['tar', () => tar(entries)],
  ['tar.gz', async () => gzipSync(await tar(entries), { level: 0 })],
  [
    'zip',
    async () =>
      zip(entries.map(({ name, contents }) => ({ name, contents: contents as Buffer, method: 0 }))),
  ],
];

/** A store that fails when so many bytes were read, or that counts who still reads. */
function failing(bytes: Uint8Array, after: number, error: Error) {
  let [given, open] = [0, 0];
  const whole = bytesSource(bytes);
  const source: ArchiveSource = {
    size: whole.size,
    async *stream(from, to) {
      open += 1;
      try {
        for await (const chunk of whole.stream(from, to)) {
          given += chunk.byteLength;
          if (given > after) throw error;
          yield chunk;
        }
      } finally {
        open -= 1;
      }
    },
  };
  return { source, open: () => open };
}

describe.each(archives)('opening %s', (_, make) => {
  it('blames the store for what the store throws, not the archive', async () => {
    const bytes = await make();
    const error = new AppError('unavailable', 'The store does not answer.');
    for (const after of [0, 100_000, 400_000]) {
      const { source } = failing(bytes, after, error);
      await expect(readArchive(source, () => true)).rejects.toBe(error);
    }
  });

  it('ends when the signal says so, with its reason', async () => {
    const stop = new AbortController();
    const reading = async () => {
      for await (const { open } of openArchive(
        bytesSource(await make()),
        UPLOAD_LIMITS,
        stop.signal,
      )) {
        stop.abort(new Error('stopped'));
        for await (const _ of open());
      }
    };

    await expect(reading()).rejects.toThrow('stopped');
  });

  it('lets go of its source when nobody reads on, also within a file', async () => {
    const { source, open } = failing(await make(), Number.POSITIVE_INFINITY, new Error('never'));
    for await (const entry of openArchive(source, UPLOAD_LIMITS)) {
      for await (const _ of entry.open()) break;
      break;
    }
    await expect.poll(open).toBe(0);
  });

  it('skips what nobody reads, or reads to its end', async () => {
    const sizes: number[] = [];
    for await (const { path, size, open } of openArchive(
      bytesSource(await make()),
      UPLOAD_LIMITS,
    )) {
      if (path === 'a') continue;
      let read = 0;
      for await (const chunk of open()) {
        read += chunk.byteLength;
        if (path === 'b') break;
      }
      sizes.push(path === 'b' ? Math.min(read, 1) : read - size);
    }
    expect(sizes).toEqual([1, 0]);
  });
});

it('what is no archive is told so, with what would be one', async () => {
  for (const bytes of [Buffer.alloc(0), Buffer.from('name: x\n'), Buffer.alloc(4_000)]) {
    await expect(readArchive(bytesSource(bytes), () => true)).rejects.toThrow(
      new ArchiveRefused(
        'it is no archive that is read here: use tar.gz, tar, tar.bz2, tar.xz or zip',
      ),
    );
  }
});

it('files that are asked for together fit in memory, or are refused', async () => {
  const source = bytesSource(await tar(entries));

  await expect(readArchive(source, () => true, { maxKeptBytes: 599_999 })).rejects.toThrow(
    'the files to read have more than 599999 bytes together',
  );
  const { files } = await readArchive(source, (path) => path !== 'b', { maxKeptBytes: 400_000 });
  expect([...files.keys()]).toEqual(['a', 'c']);
});
