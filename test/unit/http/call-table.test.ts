import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedPlatform, embeddedPlatform } from '#embedded/context.ts';
import { type CallTable, callTable } from '#http/call-table.ts';
import { takeNumbers } from '#kernel/counters.ts';
import { itemMissing, put, remove, type Table, update } from '#kernel/table.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-call-table-'));
const { table, close }: EmbeddedPlatform = embeddedPlatform({
  folder,
  inMemory: true,
  baseUrl: 'http://assay.test',
  secret: 'the secret of the test, which signs nothing here',
  log: { info: () => undefined, error: () => undefined },
  settings: { registration: 'open', pools: [], passwordLogN: 10, version: 'test' },
});
afterAll(() => {
  close();
  rmSync(folder, { recursive: true, force: true });
});

let made = 0;
let companion: { readonly pk: string; readonly sk: string };
let call: CallTable;
let asked: number;
const newKey = () => {
  made += 1;
  return { pk: `item ${made}`, sk: '1' };
};
const open = (of: Table): CallTable =>
  callTable(of, {
    writes: () => {
      asked += 1;
      return [put({ ...companion, by: 'call' }, itemMissing)];
    },
    refused: () => new Error('came between'),
  });
beforeEach(() => {
  companion = newKey();
  asked = 0;
  call = open(table);
});
const wentAlong = async () => (await table.get(companion)) !== undefined;

describe('the first change of a call', () => {
  it('takes its companions along, and later ones do not', async () => {
    const [first, second] = [newKey(), newKey()];
    expect(await call.transact([put(first, itemMissing)])).toEqual({ ok: true });
    expect(await wentAlong()).toBe(true);
    expect(await call.write(put(second))).toEqual({ ok: true });

    expect([asked, call.isChanged()]).toEqual([1, true]);
    expect(await table.batchGet([first, second])).toEqual([first, second]);
  });

  it('may be a single write, which answers as it would alone', async () => {
    const key = newKey();
    const after = await call.write(update(key, { add: { n: 2 } }));
    expect(after).toEqual({ ok: true, item: { ...key, n: 2 } });

    const other = open(table);
    companion = newKey();
    const refused = await other.write(put(key, itemMissing));

    expect(refused).toEqual({ ok: false, item: { ...key, n: 2 } });
    expect([other.isChanged(), await wentAlong()]).toEqual([false, false]);
    expect(await other.write(remove(key))).toEqual({ ok: true });
    expect(await wentAlong()).toBe(true);
  });

  it('is not what is written in bulk', async () => {
    const items = Array.from({ length: 70 }, newKey);
    await call.bulk(items.map((item) => ({ kind: 'put', item })));

    expect([call.isChanged(), await wentAlong()]).toEqual([false, false]);
    expect(await table.batchGet(items)).toEqual(items);
    await call.transact([put(newKey())]);
    expect([call.isChanged(), await wentAlong()]).toEqual([true, true]);
  });

  it('is tried again with them when it was refused for reasons of its own', async () => {
    const key = newKey();
    await table.write(put(key));
    const refused = await call.transact([put(newKey()), put(key, itemMissing)]);

    expect(refused).toEqual({ ok: false, refusals: [undefined, { item: key }] });
    expect([call.isChanged(), await wentAlong()]).toEqual([false, false]);
    await call.transact([put(newKey())]);
    expect([asked, await wentAlong()]).toEqual([2, true]);
  });

  it('is not done when a companion is refused', async () => {
    await table.write(put(companion));
    const key = newKey();

    await expect(call.write(put(key))).rejects.toThrow('came between');
    await expect(call.transact([put(key)])).rejects.toThrow('came between');

    expect([call.isChanged(), await table.get(key)]).toEqual([false, undefined]);
  });

  it('is the first of those that start at once that is not refused', async () => {
    const key = newKey();
    await table.write(put(key));

    await Promise.all([
      call.write(put(key, itemMissing)),
      ...Array.from({ length: 10 }, () => call.write(put(newKey()))),
    ]);

    expect([asked, await wentAlong()]).toEqual([2, true]);
  });
});

describe('what is no change', () => {
  it('takes nothing along: numbers, reads, and what is tidied up after the call', async () => {
    await takeNumbers(call, { task: 1 });
    await call.get(newKey());
    await call.query({ pk: 'item' });
    call.close();
    await call.write(put(newKey()));

    expect([asked, call.isChanged(), await wentAlong()]).toEqual([0, false, false]);
  });
});
