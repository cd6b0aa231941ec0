import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArchiveRefused } from '#kernel/archive-entries.ts';
import { BUNDLE_LIMITS, unpack } from '#worker/unpack.ts';
import { type TarEntry, tarGz } from '../worker/kit.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'assay-unpack-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function unpackBytes(bytes: Buffer, limits = BUNDLE_LIMITS): Promise<string> {
  const archive = join(dir, 'in.tar.gz');
  await writeFile(archive, bytes);
  const target = join(dir, 'work', 'target');
  await unpack(archive, target, limits, new AbortController().signal);
  return target;
}
const unpackEntries = async (entries: readonly TarEntry[], limits = BUNDLE_LIMITS) =>
  unpackBytes(await tarGz(entries), limits);

describe('unpack', () => {
  it('writes files and folders, with rights for the owner only', async () => {
    const long = `${'deep/'.repeat(30)}${'n'.repeat(120)}.py`;
    const target = await unpackEntries([
      { name: './', type: 'directory' },
      { name: './a/', type: 'directory' },
      { name: './a/b.py', contents: 'b', mode: 0o4777 },
      { name: long, contents: 'long' },
      { name: 'empty/none', contents: '' },
      { name: 'größe.txt', contents: Buffer.alloc(300_000, 1) },
    ]);

    expect(readFileSync(join(target, 'a/b.py'), 'utf8')).toBe('b');
    expect(statSync(join(target, 'a/b.py')).mode & 0o7777).toBe(0o600);
    expect(readFileSync(join(target, long), 'utf8')).toBe('long');
    expect(statSync(join(target, 'empty/none')).size).toBe(0);
    expect(statSync(join(target, 'größe.txt')).size).toBe(300_000);
  });

  const evil: readonly [string, readonly TarEntry[]][] = [
    ['a name with ..', [{ name: '../evil', contents: 'x' }]],
    ['a name with .. inside', [{ name: 'a/../../evil', contents: 'x' }]],
    ['a folder named ..', [{ name: 'a/../../evil/', type: 'directory' }]],
    ['an absolute name', [{ name: '/tmp/assay-evil', contents: 'x' }]],
    ['a backslash', [{ name: 'a\\..\\evil', contents: 'x' }]],
    ['an empty part', [{ name: 'a//b', contents: 'x' }]],
    ['a line break', [{ name: 'a\nb', contents: 'x' }]],
    ['a symlink', [{ name: 'link', type: 'symlink', linkname: '/etc' }]],
    [
      'a file through a symlink',
      [
        { name: 'link', type: 'symlink', linkname: '..' },
        { name: 'link/evil', contents: 'x' },
      ],
    ],
    ['a hard link', [{ name: 'link', type: 'link', linkname: '/etc/passwd' }]],
    ['a device', [{ name: 'null', type: 'character-device', devmajor: 1, devminor: 3 }]],
    ['a pipe', [{ name: 'pipe', type: 'fifo' }]],
    [
      'a file that is there twice',
      [
        { name: 'a', contents: '1' },
        { name: './a', contents: '2' },
      ],
    ],
    [
      'a folder in place of a file',
      [
        { name: 'a', contents: '1' },
        { name: 'a/', type: 'directory' },
      ],
    ],
    [
      'a file below a file',
      [
        { name: 'a', contents: '1' },
        { name: 'a/b', contents: '2' },
      ],
    ],
    ['too deep a name', [{ name: `${'d/'.repeat(80)}f`, contents: 'x' }]],
  ];
  it.each(evil)('refuses %s and writes nothing outside', async (_, entries) => {
    await expect(unpackEntries(entries)).rejects.toThrow(ArchiveRefused);

    expect(existsSync(join(dir, 'work', 'evil'))).toBe(false);
    expect(existsSync(join(dir, 'evil'))).toBe(false);
    expect(existsSync('/tmp/assay-evil')).toBe(false);
  });

  it('refuses too many entries and too many bytes, and takes exactly the limit', async () => {
    const entries = ['a', 'b', 'c'].map((name) => ({ name, contents: Buffer.alloc(1000) }));

    await expect(unpackEntries(entries, { maxEntries: 2, maxBytes: 9_000 })).rejects.toThrow(
      'more than 2 entries',
    );
    await rm(join(dir, 'work'), { recursive: true });
    await expect(unpackEntries(entries, { maxEntries: 3, maxBytes: 2_999 })).rejects.toThrow(
      'more than 2999 bytes',
    );
    await rm(join(dir, 'work'), { recursive: true });
    await unpackEntries(entries, { maxEntries: 3, maxBytes: 3_000 });
  });

  it('refuses a bomb before it is written', async () => {
    const zeros = Buffer.alloc(50 * 1024 * 1024);
    const bomb = await tarGz([{ name: 'zeros', contents: zeros }]);

    expect(bomb.length).toBeLessThan(100_000);
    await expect(unpackBytes(bomb, { maxEntries: 9, maxBytes: 1_000_000 })).rejects.toThrow(
      ArchiveRefused,
    );
    expect(existsSync(join(dir, 'work', 'target', 'zeros'))).toBe(false);
  });

  it('removes its folder as a whole when it refuses', async () => {
    const entries = [
      { name: 'fine', contents: 'x' },
      { name: '../evil', contents: 'x' },
    ];

    await expect(unpackEntries(entries)).rejects.toThrow(ArchiveRefused);
    expect(existsSync(join(dir, 'work', 'target'))).toBe(false);
  });

  it('blames the name for what the file system does not take', async () => {
    const name = 'n'.repeat(300);

    await expect(unpackEntries([{ name, contents: 'x' }])).rejects.toThrow(
      `"${'n'.repeat(100)}" cannot be written (ENAMETOOLONG): name it otherwise`,
    );
  });

  it('ends with the signal, and leaves nothing', async () => {
    const archive = join(dir, 'in.tar.gz');
    await writeFile(archive, await tarGz([{ name: 'a', contents: 'x' }]));
    const target = join(dir, 'work', 'target');

    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(unpack(archive, target, BUNDLE_LIMITS, signal)).rejects.toThrow('stopped');
    expect(existsSync(target)).toBe(false);
  });

  it('fails as the file system does where the archive is not to blame', async () => {
    const { signal } = new AbortController();

    const unpacking = unpack(join(dir, 'none'), join(dir, 'target'), BUNDLE_LIMITS, signal);
    await expect(unpacking).rejects.toThrow('ENOENT');
  });

  it.each([
    ['no gzip', Buffer.from('hello')],
    ['nothing', Buffer.alloc(0)],
    ['gzip of no tar', gzipSync(Buffer.alloc(2000, 65))],
  ])('refuses %s', async (_, bytes) => {
    await expect(unpackBytes(bytes)).rejects.toThrow(ArchiveRefused);
  });

  it('refuses an archive that is cut off', async () => {
    const whole = await tarGz([{ name: 'a', contents: Buffer.alloc(200_000, 3) }]);

    await expect(unpackBytes(whole.subarray(0, whole.length - 20))).rejects.toThrow(ArchiveRefused);
    const tar = gunzipSync(whole);
    await rm(join(dir, 'work'), { recursive: true, force: true });
    await expect(unpackBytes(gzipSync(tar.subarray(0, 100_000)))).rejects.toThrow(ArchiveRefused);
  });
});
