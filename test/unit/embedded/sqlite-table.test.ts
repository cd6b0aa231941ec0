import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planQuery } from '#embedded/sqlite-query.ts';
import { openSqliteTable, type SqliteTable } from '#embedded/sqlite-table.ts';
import { itemMissing, put, type Query, update } from '#kernel/table.ts';

describe('openSqliteTable', () => {
  let folder: string;
  let path: string;
  let table: SqliteTable;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-sqlite-'));
    path = join(folder, 'deep', 'table.sqlite');
    table = openSqliteTable(path);
  });

  afterEach(async () => {
    table.close();
    await rm(folder, { recursive: true });
  });

  it('keeps items when it is closed and opened again', async () => {
    const item = { pk: 'a', sk: 'b', gsi1pk: 'x', gsi1sk: 'y', bytes: new Uint8Array([1]) };
    await table.write(put(item));
    table.close();

    table = openSqliteTable(path);

    expect(await table.get(item)).toStrictEqual(item);
    expect((await table.query({ index: 'gsi1', pk: 'x' })).items).toStrictEqual([item]);
  });

  it('shows one opening what another one wrote', async () => {
    const other = openSqliteTable(path);

    await table.write(put({ pk: 'a', sk: 'b', n: 1 }));
    const refused = await other.write(put({ pk: 'a', sk: 'b', n: 2 }, itemMissing));
    other.close();

    expect(refused).toEqual({ ok: false, item: { pk: 'a', sk: 'b', n: 1 } });
  });

  it('is unavailable while another process keeps it locked, and works after that', async () => {
    const other = new DatabaseSync(path);
    const impatient = openSqliteTable(path);
    other.exec('BEGIN IMMEDIATE');

    const write = impatient.write(put({ pk: 'a', sk: 'b' }));
    await expect(write).rejects.toMatchObject({ code: 'unavailable', retryAfter: 1 });
    other.exec('ROLLBACK');

    expect(await impatient.write(put({ pk: 'a', sk: 'b' }))).toEqual({ ok: true });
    other.close();
    impatient.close();
  });

  it('is unavailable once it is closed', async () => {
    table.close();

    await expect(table.get({ pk: 'a', sk: 'b' })).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('clears thousands of items in less than 50 ms', async () => {
    await table.bulk(
      Array.from({ length: 5_000 }, (_, at) => ({
        kind: 'put',
        item: { pk: `p${at % 10}`, sk: `${at}`, gsi1pk: 'x', gsi1sk: `${at}` },
      })),
    );

    const started = performance.now();
    table.clear();
    const took = performance.now() - started;

    expect(took).toBeLessThan(50);
    expect((await table.query({ index: 'gsi1', pk: 'x' })).items).toEqual([]);
  });

  it('drops what has expired, and only that', async () => {
    const ttls = [999, 1000, 1001, undefined];
    await table.bulk(ttls.map((ttl, at) => ({ kind: 'put', item: { pk: 'p', sk: `${at}`, ttl } })));
    await table.write(put({ pk: 'p', sk: 'text', ttl: '1' }));

    const purged = table.purgeExpired(1_000_000);

    const { items } = await table.query({ pk: 'p' });
    expect(purged).toBe(1);
    expect(items.map((item) => item.sk)).toEqual(['1', '2', '3', 'text']);
  });

  it('refuses a transaction that writes more than 4 MB, whole', async () => {
    const text = 'x'.repeat(380_000);
    const writes = Array.from({ length: 12 }, (_, at) => put({ pk: 'p', sk: `${at}`, text }));

    const error = { code: 'too_large', reason: 'transaction_too_large' };
    await expect(table.transact(writes)).rejects.toMatchObject(error);
    expect((await table.query({ pk: 'p' })).items).toEqual([]);
    expect(await table.transact(writes.slice(0, 11))).toEqual({ ok: true });
  });

  it('lets others have their turn while it writes in bulk', async () => {
    const puts = Array.from({ length: 2_000 }, (_, at) => ({
      kind: 'put' as const,
      item: { pk: 'p', sk: `${at}` },
    }));
    let [turns, isDone] = [0, false];
    const count = (): void => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await table.bulk(puts);
    isDone = true;

    expect(turns).toBeGreaterThan(10);
    expect((await table.query({ pk: 'p' })).items).toHaveLength(2_000);
  });

  it('refuses positions that are not of the query', async () => {
    const queries: readonly Query[] = [
      { pk: 'a', after: { pk: 'b', sk: '1' } },
      { pk: 'a', sk: { prefix: 'x' }, after: { pk: 'a', sk: 'y' } },
      { pk: 'a', sk: { from: 'm' }, after: { pk: 'a', sk: 'l' } },
      { pk: 'a', index: 'gsi1', after: { pk: 'a', sk: '1' } },
      { pk: 'a', index: 'gsi1', after: { pk: 'p', sk: 's', indexPk: 'b', indexSk: '1' } },
    ];
    for (const query of queries) {
      await expect(table.query(query)).rejects.toMatchObject({ reason: 'position_elsewhere' });
    }
  });

  it('gives callers items of their own', async () => {
    const list = [1];
    await table.write(put({ pk: 'a', sk: 'b', list }));
    const outcome = await table.write(update({ pk: 'a', sk: 'b' }, { set: { other: list } }));

    const answered = outcome.item?.list;
    if (Array.isArray(answered)) answered.push(2);
    list.push(3);

    expect(answered).toEqual([1, 2]);
    expect(await table.get({ pk: 'a', sk: 'b' })).toMatchObject({ list: [1], other: [1] });
  });

  it.each<Query>([
    { pk: 'a' },
    { pk: 'a', sk: { prefix: 'x' }, order: 'descending' },
    { pk: 'a', sk: { prefix: 'x' }, after: { pk: 'a', sk: 'x5' } },
    { pk: 'a', index: 'gsi1', sk: { from: 'a', to: 'b' } },
    { pk: 'a', index: 'gsi2', after: { pk: 'p', sk: 's', indexPk: 'a', indexSk: 'x' } },
  ])('reads no more than it answers: %o', (query) => {
    const database = new DatabaseSync(path);
    const { sql, parameters } = planQuery(query);

    const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters);
    database.close();

    expect(plan).toHaveLength(1);
    expect(plan[0]?.detail).toMatch(/^SEARCH items USING (PRIMARY KEY|INDEX items_gsi[12]) \(/);
  });
});
