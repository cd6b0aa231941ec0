import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteMessages } from '#embedded/sqlite-messages.ts';
import { openSqliteTable, type SqliteTable } from '#embedded/sqlite-table.ts';
import { systemClock } from '#kernel/clock.ts';
import { meterPorts, type Ports, type Usage } from '#kernel/meter.ts';
import { itemSize } from '#kernel/size.ts';
import {
  check,
  compare,
  type Item,
  itemExists,
  itemMissing,
  put,
  remove,
  type Table,
  update,
  type Write,
} from '#kernel/table.ts';
import { openServedBlobs, type ServedBlobs } from '../../support/file-blobs.ts';

const sized = (sk: string, bytes: number, more: { [name: string]: string } = {}): Item => {
  const item: Item = { pk: 'p', sk, v: '', ...more };
  return { ...item, v: 'x'.repeat(bytes - itemSize(item)) };
};

const index = (rank: string) => ({ gsi1pk: 'i', gsi1sk: rank });

describe('meterPorts', () => {
  let raw: SqliteTable;
  let served: ServedBlobs;
  let metered: ReturnType<typeof meterPorts>;
  let table: Table;

  beforeEach(async () => {
    raw = openSqliteTable(':memory:');
    served = await openServedBlobs();
    const messages = openSqliteMessages(':memory:', { clock: systemClock });
    const background = { start: async () => {} };
    const ports: Ports = { table: raw, blobs: served.blobs, messages, background };
    metered = meterPorts(ports);
    table = metered.table;
  });

  afterEach(async () => {
    raw.close();
    await served.close();
  });

  const measured = async (run: () => Promise<unknown>): Promise<Usage> => {
    metered.meter.reset();
    await run();
    return metered.meter.snapshot();
  };

  it.each([
    [4096, {}, 1],
    [4097, {}, 2],
    [4097, { eventual: true }, 1],
    [100, { eventual: true }, 0.5],
  ])('counts a get of %i bytes with %o as %d', async (bytes, options, readUnits) => {
    await raw.write(put(sized('1', bytes)));

    const usage = await measured(() => table.get({ pk: 'p', sk: '1' }, options));

    expect(usage).toMatchObject({ readUnits, bytesRead: bytes, tableCalls: 1, writeUnits: 0 });
  });

  it('counts what is not there as one unit, each item of a batch by itself', async () => {
    await raw.write(put(sized('1', 5000)));
    const keys = ['1', '2', '3'].map((sk) => ({ pk: 'p', sk }));

    expect((await measured(() => table.get({ pk: 'p', sk: '2' }))).readUnits).toBe(1);
    expect((await measured(() => table.batchGet(keys))).readUnits).toBe(4);
    expect((await measured(() => table.batchGet(keys, { eventual: true }))).readUnits).toBe(2);
  });

  it('counts a query by the sum of its items, half through an index', async () => {
    for (const sk of ['1', '2', '3']) await raw.write(put(sized(sk, 3000, index(sk))));

    expect((await measured(() => table.query({ pk: 'p' }))).readUnits).toBe(3);
    expect((await measured(() => table.query({ pk: 'p', eventual: true }))).readUnits).toBe(1.5);
    expect((await measured(() => table.query({ pk: 'i', index: 'gsi1' }))).readUnits).toBe(1.5);
    expect((await measured(() => table.query({ pk: 'none' }))).readUnits).toBe(1);
  });

  it('counts a query of more than 1 MB as several steps', async () => {
    await raw.bulk(
      Array.from({ length: 6 }, (_, at) => ({ kind: 'put', item: sized(`${at}`, 350_000) })),
    );

    const usage = await measured(() => table.query({ pk: 'p' }));

    expect(usage).toMatchObject({ sequentialRoundTrips: 3, tableRoundTrips: 3, tableCalls: 1 });
  });

  const before = sized('1', 3000, index('a'));
  const plain = sized('2', 1500);
  it.each<readonly [string, Write, number]>([
    ['a put of 1 KB', put(sized('9', 1024)), 1],
    ['a put of a byte more', put(sized('9', 1025)), 2],
    ['a put into an index', put(sized('9', 1025, index('x'))), 4],
    ['a put over a larger item', put(sized('2', 100)), 2],
    ['a put that leaves an index', put(sized('1', 100)), 3 + 3],
    ['an update within an index', update(before, { set: { n: 1 } }), 3 + 3],
    ['an update of an index key', update(before, { set: { gsi1sk: 'b' } }), 3 + 3 + 3],
    ['an update that joins an index', update(plain, { set: index('z') }), 2 + 2],
    ['a delete', remove(plain), 2],
    ['a delete out of an index', remove(before), 3 + 3],
    ['a delete of nothing', remove({ pk: 'p', sk: '9' }), 1],
    ['a refused put', put(sized('1', 100), itemMissing), 3],
    ['a refused update of nothing', update({ pk: 'p', sk: '9' }, {}, itemExists), 1],
  ])('counts %s', async (_title, write, writeUnits) => {
    await raw.bulk([before, plain].map((item) => ({ kind: 'put', item })));

    expect(await measured(() => table.write(write))).toMatchObject({ writeUnits, readUnits: 0 });
  });

  it('counts transactions double, their checks and refusals too, their indexes once', async () => {
    await raw.bulk([before, plain].map((item) => ({ kind: 'put', item })));
    const writes = [
      put(sized('8', 1500), itemMissing),
      update(before, { set: { n: 1 } }),
      check(plain, itemExists),
    ];

    const done = await measured(() => table.transact(writes));
    const refused = await measured(() => table.transact(writes));

    expect(done.writeUnits).toBe(2 * 2 + (2 * 3 + 3) + 2 * 2);
    expect(refused.writeUnits).toBe(2 * 2 + 2 * 3 + 2 * 2);
  });

  it('counts writes in bulk one by one', async () => {
    await raw.write(put(plain));
    const usage = await measured(() =>
      table.bulk([
        { kind: 'put', item: sized('7', 2000, index('q')) },
        { kind: 'delete', key: plain },
      ]),
    );

    expect(usage).toMatchObject({ writeUnits: 2 + 2 + 2, bytesWritten: 2000 });
  });

  it('answers as the ports do, refusals and errors included', async () => {
    await table.write(put(before));

    expect(await table.write(put(before, itemMissing))).toEqual({ ok: false, item: before });
    expect(await table.transact([check(before, compare('v', '=', ''))])).toEqual({
      ok: false,
      refusals: [{ item: before }],
    });
    await expect(table.get({ pk: '', sk: '1' })).rejects.toMatchObject({ code: 'invalid' });
    expect((await table.query({ pk: 'p' })).items).toEqual([before]);
  });

  it('counts calls one after the other as steps, calls side by side as one', async () => {
    const key = { pk: 'p', sk: '1' };
    const chain = async (length: number) => {
      for (let at = 0; at < length; at += 1) await table.get(key);
    };
    const late = async () => {
      for (let at = 0; at < 20; at += 1) await Promise.resolve();
      await table.get(key);
    };

    const steps = async (run: () => Promise<unknown>) => (await measured(run)).sequentialRoundTrips;

    expect(await steps(async () => {})).toBe(0);
    expect(await steps(() => chain(3))).toBe(3);
    expect(await steps(() => Promise.all([chain(1), chain(1), chain(1)]))).toBe(1);
    expect(await steps(() => Promise.all([chain(3), chain(1), chain(2)]))).toBe(3);
    expect(await steps(() => Promise.all([chain(1), late()]))).toBe(1);
    expect(await steps(() => chain(1).then(late))).toBe(2);
  });

  it('counts failed calls as steps', async () => {
    const usage = await measured(async () => {
      await table.get({ pk: '', sk: '' }).catch(() => undefined);
      await table.get({ pk: 'p', sk: '1' });
    });

    expect(usage).toMatchObject({ sequentialRoundTrips: 2, tableCalls: 2, readUnits: 1 });
  });

  it('counts blobs and messages, but no signatures', async () => {
    const { blobs, messages, background } = metered;

    const usage = await measured(async () => {
      await blobs.signGet('a', { expiresIn: 60, filename: 'a' });
      await blobs.signPut('a', { expiresIn: 60 });
      await blobs.put('a', 'x');
      await messages.send('q', 'x');
      await background.start('launch', {});
      await table.get({ pk: 'p', sk: '1' });
    });

    expect(usage).toMatchObject({
      blobCalls: 1,
      messageCalls: 1,
      backgroundCalls: 1,
      tableCalls: 1,
      sequentialRoundTrips: 4,
      tableRoundTrips: 1,
    });
  });

  it('leaves calls and steps that began before a reset out of what comes after', async () => {
    const early = table.get({ pk: 'p', sk: '1' });
    metered.meter.reset();
    await early;

    expect(metered.meter.snapshot()).toMatchObject({ tableCalls: 0, sequentialRoundTrips: 0 });
  });
});
