import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type Duck, openDuck } from '#duckdb/instance.ts';

const root = mkdtempSync(join(tmpdir(), 'assay-duck-'));
afterAll(() => rmSync(root, { recursive: true }));

let duck: Duck | undefined;
afterEach(async () => {
  await duck?.close();
  duck = undefined;
});

const open = async (memoryMb = 256): Promise<Duck> => {
  duck = await openDuck({ folder: join(root, 'own'), memoryMb, spillMb: 64, threads: 1 });
  return duck;
};

describe('an instance of DuckDB', () => {
  it("reads and writes Parquet and JSON in its folder, with a quote in a value's place", async () => {
    const { all } = await open();
    const file = join(root, 'own', 'a.parquet');

    await all(`COPY (SELECT 'it''s' AS text) TO '${file}' (FORMAT parquet)`);
    const rows = await all(`SELECT text FROM '${file}' WHERE text = $text`, { text: "it's" });

    expect(rows).toEqual([{ text: "it's" }]);
  });

  it.each([
    'SELECT * FROM read_text($file)',
    'SELECT * FROM read_csv($file)',
    "SELECT * FROM read_text('/proc/self/environ')",
    "COPY (SELECT 1) TO '/tmp/assay-duck-escaped.csv'",
    "ATTACH '/tmp/assay-duck-escaped.db' AS other",
    "SELECT * FROM read_text('https://example.com/')",
    'INSTALL httpfs',
    'SET enable_external_access = true',
    "SET allowed_directories = ['/']",
    "SET memory_limit = '8GB'",
  ])('refuses what leads out of its folder: %s', async (sql) => {
    const { all } = await open();
    const file = join(root, 'outside.txt');
    writeFileSync(file, 'a\n');

    const asked = all(sql, sql.includes('$file') ? { file } : undefined);

    await expect(asked).rejects.toThrow(/Permission|Invalid|Cannot|disabled/);
    expect(existsSync('/tmp/assay-duck-escaped.csv')).toBe(false);
  });

  it('says "unavailable" when memory and disk are not enough', async () => {
    const { all } = await open(64);

    const asked = all(
      'SELECT sum(n) FROM (SELECT m, count(*) AS n FROM (SELECT md5(range::VARCHAR) AS m FROM range(8000000)) GROUP BY m)',
    );

    await expect(asked).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('ends a statement by its signal, and that one alone', async () => {
    const { all } = await open();
    const stop = new AbortController();
    const endless =
      'SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.range < b.range';

    const [long, short] = await Promise.allSettled([
      all(endless, undefined, stop.signal),
      all('SELECT 1 AS one').finally(() => stop.abort()),
    ]);

    expect(long.status).toBe('rejected');
    expect(short).toMatchObject({ status: 'fulfilled', value: [{ one: 1 }] });
  });
});
