/** In a file of its own, and so in a process: the most memory that it ever had counts. */
import { mkdtempSync, statSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fileSource } from '#archives/file-source.ts';
import { readArchive, UPLOAD_LIMITS } from '#archives/read-archive.ts';
import { unpack } from '#worker/unpack.ts';
import { TAR_END, tarBlock, zip } from './archive-kit.ts';
import { type Python, startPython } from './python-archives.ts';

const MIB = 1024 * 1024;
const PART = 10 * MIB;
const SIZE = 100 * MIB;
/** For a block of bzip2, a dictionary of xz, and what is not collected yet: not for the file. */
const MOST = 80 * MIB;

let python: Python;
let dir: string;
beforeAll(() => {
  python = startPython();
  dir = mkdtempSync(join(tmpdir(), 'assay-memory-'));
});
afterAll(async () => {
  python.close();
  await rm(dir, { recursive: true, force: true });
});

/** A tar of one large file, from parts that are compressed each alone. */
async function large(compress: (bytes: Buffer) => Buffer | Promise<Buffer>): Promise<Buffer> {
  const part = await compress(Buffer.alloc(PART));
  return Buffer.concat([
    await compress(tarBlock({ name: 'zeros', size: SIZE })),
    ...Array.from({ length: SIZE / PART }, () => part),
    await compress(TAR_END),
  ]);
}

const peak = () => process.resourceUsage().maxRSS * 1024;

it.each<[string, () => Buffer | Promise<Buffer>]>([
  ['tar.gz', () => large((bytes) => gzipSync(bytes))],
  ['tar.bz2', () => large((bytes) => python.squeeze('bz2', bytes))],
  ['tar.xz', () => large((bytes) => python.squeeze('xz', bytes))],
  ['zip', () => zip([{ name: 'zeros', contents: Buffer.alloc(SIZE) }])],
])(
  '100 MB are unpacked, or looked through, in far less memory: %s',
  async (_, make) => {
    const archive = join(dir, 'archive');
    await writeFile(archive, await make());
    const limits = { maxEntries: 1, maxBytes: SIZE };
    const before = peak();

    const nothing = () => false;
    const options = { limits: { ...UPLOAD_LIMITS, maxFileBytes: SIZE } };
    const { paths } = await readArchive(await fileSource(archive), nothing, options);
    await unpack(archive, join(dir, 'target'), limits, new AbortController().signal);

    expect(paths.size).toBe(1);
    expect(statSync(join(dir, 'target', 'zeros')).size).toBe(SIZE);
    expect(peak() - before).toBeLessThan(MOST);
    await rm(join(dir, 'target'), { recursive: true });
  },
  60_000,
);
