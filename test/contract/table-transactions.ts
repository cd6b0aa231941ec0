import { describe, expect } from 'vitest';
import {
  check,
  compare,
  type Item,
  itemExists,
  itemMissing,
  put,
  remove,
  update,
  type Write,
} from '#kernel/table.ts';
import { uniqueName } from './suite.ts';
import type { TableTests } from './table.suite.ts';

const refusedAs = (code: string) => expect.objectContaining({ name: 'AppError', code });

const keysOf = (pk: string, count: number) =>
  Array.from({ length: count }, (_, at) => ({ pk, sk: String(at).padStart(4, '0') }));

const outcomeTests = ({ table, test }: TableTests): void => {
  test('does puts, updates, deletes and checks together', async () => {
    const [a, b, c, d] = keysOf(uniqueName('together'), 4) as [Item, Item, Item, Item];
    await table().bulk([b, c, d].map((key) => ({ kind: 'put', item: { ...key, n: 1 } })));

    const outcome = await table().transact([
      put({ ...a, n: 0 }, itemMissing),
      update(b, { add: { n: 1 } }, itemExists),
      remove(c, compare('n', '=', 1)),
      check(d, itemExists),
    ]);

    const after = await table().batchGet([a, b, c, d]);
    expect(outcome).toStrictEqual({ ok: true });
    expect(after.map((item) => item?.n)).toEqual([0, 2, undefined, 1]);
    expect(after[2]).toBeUndefined();
  });

  test('answers a refusal for each write and writes nothing', async () => {
    const [a, b, c, d] = keysOf(uniqueName('refusals'), 4) as [Item, Item, Item, Item];
    const there = { ...b, owner: 'someone', name: 'b' };
    await table().write(put(there));

    const outcome = await table().transact([
      put({ ...a, n: 1 }, itemMissing),
      put({ ...b, owner: 'me' }, itemMissing),
      check(c, itemExists),
      update(d, { set: { n: 1 } }),
    ]);

    expect(outcome).toStrictEqual({
      ok: false,
      refusals: [undefined, { item: there }, {}, undefined],
    });
    expect(await table().batchGet([a, b, c, d])).toStrictEqual([
      undefined,
      there,
      undefined,
      undefined,
    ]);
  });

  test('writes nothing when one update cannot be applied', async () => {
    const [a, b] = keysOf(uniqueName('half'), 2) as [Item, Item];
    await table().write(put({ ...b, n: 'text' }));

    const writes = [put({ ...a, n: 1 }), update(b, { add: { n: 1 } })];

    await expect(table().transact(writes)).rejects.toEqual(refusedAs('invalid'));
    expect(await table().get(a)).toBeUndefined();
  });
};

const raceTests = ({ table, test }: TableTests): void => {
  test('is all or nothing under 50 parallel writers, and one of them wins', async () => {
    const pk = uniqueName('writers');
    const guard = { pk, sk: 'guard' };

    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, by) =>
        table().transact([
          put({ ...guard, by }, itemMissing),
          put({ pk, sk: `entity-${by}`, by }, itemMissing),
          update({ pk, sk: `total-${by}` }, { add: { n: 1 } }),
        ]),
      ),
    );

    const winners = outcomes.flatMap((outcome, by) => (outcome.ok ? [by] : []));
    const { items } = await table().query({ pk });
    expect(winners).toHaveLength(1);
    expect(items.map((item) => item.sk)).toEqual([
      `entity-${winners[0]}`,
      'guard',
      `total-${winners[0]}`,
    ]);
    expect(items[1]?.by).toBe(winners[0]);
  });

  test('keeps a sum that parallel transfers move about', async () => {
    const accounts = keysOf(uniqueName('transfer'), 3) as [Item, Item, Item];
    await table().bulk(accounts.map((key) => ({ kind: 'put', item: { ...key, n: 100 } })));
    const transfer = (from: Item, to: Item) =>
      table().transact([
        update(from, { add: { n: -1 } }, compare('n', '>=', 1)),
        update(to, { add: { n: 1 } }),
      ]);

    await Promise.all(
      Array.from({ length: 30 }, (_, at) => {
        const [from = accounts[0], to = accounts[1]] = [accounts[at % 3], accounts[(at + 1) % 3]];
        return transfer(from, to);
      }),
    );

    const after = await table().batchGet(accounts);
    expect(after.reduce((sum, item) => sum + Number(item?.n), 0)).toBe(300);
  });
};

export const transactionTests = (tests: TableTests): void => {
  const { table, test } = tests;
  describe('transactions', () => {
    outcomeTests(tests);
    raceTests(tests);

    test('takes 100 writes, neither none nor 101, and no item twice', async () => {
      const keys = keysOf(uniqueName('hundred'), 101);
      const writes: readonly Write[] = keys.map((key) => put({ ...key, n: 1 }));
      const twice = [put({ ...keys[0], n: 2 } as Item), check(keys[0] as Item, itemExists)];

      const outcome = await table().transact(writes.slice(0, 100));

      expect(outcome).toStrictEqual({ ok: true });
      await expect(table().transact(writes)).rejects.toEqual(refusedAs('invalid'));
      await expect(table().transact([])).rejects.toEqual(refusedAs('invalid'));
      await expect(table().transact(twice)).rejects.toEqual(refusedAs('invalid'));
      expect((await table().batchGet(keys)).filter((item) => item?.n === 1)).toHaveLength(100);
    });

    test('moves no half of 250 bulk writes and 250 batch reads out of order', async () => {
      const keys = keysOf(uniqueName('bulk'), 250);
      await table().bulk(keys.map((key, at) => ({ kind: 'put', item: { ...key, at } })));
      const odd = keys.filter((_, at) => at % 2 === 1);

      await table().bulk(odd.map((key) => ({ kind: 'delete', key })));
      const asked = [...keys].reverse();
      const found = await table().batchGet([...asked, ...asked.slice(0, 2)]);

      const expected = asked.map((key) => (Number(key.sk) % 2 === 1 ? undefined : Number(key.sk)));
      expect(found.map((item) => item?.at)).toEqual([...expected, ...expected.slice(0, 2)]);
      expect(await table().batchGet([])).toEqual([]);
    });

    test('refuses bulk writes with a condition or to one item twice', async () => {
      const item: Item = { pk: uniqueName('bulk-bad'), sk: '1' };
      const conditional = [{ kind: 'put', item, if: itemMissing }] as const;
      const twice = [
        { kind: 'put', item },
        { kind: 'delete', key: item },
      ] as const;

      await expect(table().bulk(conditional)).rejects.toEqual(refusedAs('invalid'));
      await expect(table().bulk(twice)).rejects.toEqual(refusedAs('invalid'));
      expect(await table().get(item)).toBeUndefined();
    });
  });
};
