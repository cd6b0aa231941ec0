import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCheckpoints } from '#embedded/checkpoints.ts';
import { openSqliteTable, type SqliteTable } from '#embedded/sqlite-table.ts';
import { put } from '#kernel/table.ts';

let folder: string;
let path: string;
let table: SqliteTable;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-checkpoints-'));
  path = join(folder, 'table.sqlite');
  table = openSqliteTable(path);
});
afterEach(async () => {
  table.close();
  await rm(folder, { recursive: true });
});

/** What the file holds without its log. */
async function inFile(): Promise<number> {
  const copy = join(folder, 'copy.sqlite');
  await rm(copy, { force: true });
  await copyFile(path, copy);
  const alone = openSqliteTable(copy);
  const { items } = await alone.query({ pk: 'p' });
  alone.close();
  return items.length;
}

async function until(count: number): Promise<void> {
  const giveUpAt = performance.now() + 30_000;
  while ((await inFile()) !== count) {
    if (performance.now() > giveUpAt) throw new Error('The file did not get it in time.');
    await sleep(50);
  }
}

const failures: unknown[] = [];
const start = (paths: readonly string[]) =>
  startCheckpoints(paths, (error) => failures.push(error));

describe('checkpoints', () => {
  it('bring what was written into the file, again and again', async () => {
    await table.write(put({ pk: 'p', sk: '1' }));
    expect(await inFile()).toBe(0);

    const stop = start([path]);
    await until(1);
    await table.write(put({ pk: 'p', sk: '2' }));
    await until(2);
    await stop();

    expect(failures).toEqual([]);
  });

  it('end when they are stopped', async () => {
    await start([path])();
    await table.write(put({ pk: 'p', sk: '1' }));
    await sleep(600);

    expect(await inFile()).toBe(0);
    expect(failures).toEqual([]);
  });

  it('that fail say so, and the table goes on', async () => {
    const broken = join(folder, 'broken.sqlite');
    await writeFile(broken, 'no database '.repeat(100));
    await writeFile(`${broken}-wal`, 'no log');
    const stop = start([broken]);
    while (failures.length === 0) await sleep(20);
    await stop();

    expect(failures).toEqual([expect.objectContaining({ message: 'file is not a database' })]);
    await expect(table.write(put({ pk: 'p', sk: '1' }))).resolves.toEqual({ ok: true });
  });
});
