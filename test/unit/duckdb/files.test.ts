import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openFiles } from '#duckdb/files.ts';

const root = mkdtempSync(join(tmpdir(), 'assay-files-'));
afterAll(() => rmSync(root, { recursive: true }));

let folders = 0;

/** Objects of ten bytes each; `missing` and `broken` are what their names say. */
function scene(maxBytes: number) {
  const asked: string[] = [];
  folders += 1;
  const files = openFiles({
    folder: join(root, String(folders)),
    maxBytes,
    blobs: {
      stream: async (key) => {
        asked.push(key);
        if (key === 'missing') return undefined;
        return (async function* () {
          yield Buffer.from(key.padEnd(10, '.'));
          if (key === 'broken') throw new Error('The line broke.');
        })();
      },
    },
  });
  return { files, asked };
}

describe('copies of objects', () => {
  it('are fetched once, with the ending of their key', async () => {
    const { files, asked } = scene(100);

    const [first, second] = await Promise.all([
      files.hold(['a.ndjson.gz']),
      files.hold(['a.ndjson.gz', 'b']),
    ]);

    const path = first.paths.get('a.ndjson.gz') ?? '';
    expect(second.paths.get('a.ndjson.gz')).toBe(path);
    expect(path).toMatch(/\.ndjson\.gz$/);
    expect(readFileSync(path, 'utf8')).toBe('a.ndjson.gz');
    expect(asked).toEqual(['a.ndjson.gz', 'b']);
  });

  it('name what is gone, and ask for it anew the next time', async () => {
    const { files, asked } = scene(100);

    const held = await files.hold(['a', 'missing']);
    await files.hold(['missing']);

    expect([...held.paths.keys()]).toEqual(['a']);
    expect(held.gone).toEqual(['missing']);
    expect(asked.filter((key) => key === 'missing')).toHaveLength(2);
  });

  it('go when room is needed, the longest unused first, and never while they are held', async () => {
    const { files, asked } = scene(30);

    const kept = await files.hold(['a']);
    (await files.hold(['b'])).release();
    (await files.hold(['c'])).release();
    (await files.hold(['b'])).release();
    (await files.hold(['d'])).release();
    (await files.hold(['b'])).release();
    (await files.hold(['c'])).release();

    expect(asked).toEqual(['a', 'b', 'c', 'd', 'c']);
    expect(existsSync(kept.paths.get('a') ?? '')).toBe(true);
  });

  it('are refused when more is held than there is room for, which then is free again', async () => {
    const { files } = scene(20);

    const held = await files.hold(['a']);
    const tooMuch = files.hold(['b', 'c']);

    await expect(tooMuch).rejects.toMatchObject({ code: 'unavailable' });
    held.release();
    expect((await files.hold(['b', 'c'])).paths.size).toBe(2);
  });

  it('are whole or not there', async () => {
    const { files, asked } = scene(100);

    await expect(files.hold(['a', 'broken'])).rejects.toThrow('The line broke.');
    await expect(files.hold(['broken'])).rejects.toThrow('The line broke.');

    expect(asked.filter((key) => key === 'broken')).toHaveLength(2);
  });
});
