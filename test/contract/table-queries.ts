import { describe, expect } from 'vitest';
import { type Item, put, type Query, type QueryPosition, remove, update } from '#kernel/table.ts';
import { uniqueName } from './suite.ts';
import type { TableTests } from './table.suite.ts';

const refusedAs = (code: string) => expect.objectContaining({ name: 'AppError', code });

type Tests = TableTests;

const fill = async ({ table }: Tests, pk: string, sks: readonly string[]): Promise<void> => {
  await table().bulk(sks.map((sk) => ({ kind: 'put', item: { pk, sk } })));
};

const sksOf = async ({ table }: Tests, query: Query): Promise<readonly string[]> =>
  (await table().query(query)).items.map((item) => item.sk);

/** Reads page by page until there is no further position; stops a loop that never ends. */
const readPages = async ({ table }: Tests, query: Query): Promise<readonly Item[]> => {
  const items: Item[] = [];
  let after: QueryPosition | undefined;
  for (let pages = 0; pages < 100; pages += 1) {
    const page = await table().query(after === undefined ? query : { ...query, after });
    expect(page.items.length).toBeLessThanOrEqual(query.limit ?? Number.POSITIVE_INFINITY);
    items.push(...page.items);
    if (page.next === undefined) return items;
    after = page.next;
  }
  throw new Error('The pages do not end.');
};

// Reads from an index may lag behind; what must be there in the end must come within seconds.
const eventually = async (assertion: () => Promise<void>): Promise<void> => {
  const giveUpAt = performance.now() + 5_000;
  for (;;) {
    try {
      await assertion();
      return;
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
};

// In the order of their UTF-8 bytes.
const ordered = ['!', '0', '10', '9', 'A', 'a', 'a\u0000', 'a/', 'ab', 'b', 'é', '\uffee', '😀'];

const rangeTests = (tests: Tests): void => {
  const { table, test } = tests;
  const ranges: readonly (readonly [string, Query['sk'], readonly string[]])[] = [
    ['everything', undefined, ordered],
    ['a prefix', { prefix: 'a' }, ['a', 'a\u0000', 'a/', 'ab']],
    ['an empty prefix', { prefix: '' }, ordered],
    ['a prefix that ends with the last character', { prefix: '\u{10ffff}' }, []],
    ['a prefix of a four-byte character', { prefix: '😀' }, ['😀']],
    ['a prefix without items', { prefix: 'zz' }, []],
    ['from', { from: 'b' }, ['b', 'é', '\uffee', '😀']],
    ['to', { to: '10' }, ['!', '0', '10']],
    ['from and to', { from: '9', to: 'a' }, ['9', 'A', 'a']],
    ['one key', { from: 'ab', to: 'ab' }, ['ab']],
    ['from and to between keys', { from: 'c', to: 'd' }, []],
    ['a reversed range', { from: 'é', to: 'z' }, []],
    ['an empty from', { from: '', to: '0' }, ['!', '0']],
    ['an empty to', { to: '' }, []],
  ];
  for (const [title, sk, expected] of ranges) {
    test(`query reads ${title} in both orders, whole and in pages`, async () => {
      const pk = uniqueName('range');
      await fill(tests, pk, ordered);
      const query: Query = sk === undefined ? { pk } : { pk, sk };

      const descending: Query = { ...query, order: 'descending' };
      const paged = await readPages(tests, { ...query, limit: 2 });
      const pagedBack = await readPages(tests, { ...descending, limit: 3 });

      expect(await sksOf(tests, query)).toEqual(expected);
      expect(await sksOf(tests, descending)).toEqual(expected.toReversed());
      expect(paged.map((item) => item.sk)).toEqual(expected);
      expect(pagedBack.map((item) => item.sk)).toEqual(expected.toReversed());
    });
  }

  test('query refuses a limit below 1', async () => {
    await expect(table().query({ pk: 'a', limit: 0 })).rejects.toEqual(refusedAs('invalid'));
  });
};

export const queryTests = (tests: Tests): void => {
  const { table, test } = tests;
  describe('queries', () => {
    rangeTests(tests);

    test('query reads one partition only', async () => {
      const pk = uniqueName('partition');
      await fill(tests, pk, ['1']);
      await fill(tests, `${pk}x`, ['2']);

      expect(await sksOf(tests, { pk })).toEqual(['1']);
      expect(await table().query({ pk: uniqueName('nothing') })).toStrictEqual({ items: [] });
    });

    test('query goes on after a position whose item is gone', async () => {
      const pk = uniqueName('gone');
      await fill(tests, pk, ['1', '2', '3', '4']);
      const first = await table().query({ pk, limit: 2 });
      await table().write(remove({ pk, sk: '2' }));

      const rest = await table().query({ pk, after: first.next as QueryPosition });

      expect(rest.items.map((item) => item.sk)).toEqual(['3', '4']);
      expect(rest.next).toBeUndefined();
    });

    test('query sees its own writes at once', async () => {
      const pk = uniqueName('own');
      for (let at = 0; at < 20; at += 1) {
        await table().write(put({ pk, sk: String(at).padStart(2, '0') }));
        expect((await table().query({ pk })).items).toHaveLength(at + 1);
      }
    });

    test('query without a limit reads more than 1 MB, with one stops there', async () => {
      const pk = uniqueName('megabytes');
      const text = 'x'.repeat(100_000);
      const keys = Array.from({ length: 25 }, (_, at) => ({ pk, sk: String(at).padStart(2, '0') }));
      await table().bulk(keys.map((key) => ({ kind: 'put', item: { ...key, text } })));

      const whole = await table().query({ pk });
      const limited = await table().query({ pk, limit: 15 });

      expect(whole.items.map((item) => item.sk)).toEqual(keys.map((key) => key.sk));
      expect(whole.next).toBeUndefined();
      expect(limited.items).toHaveLength(15);
      expect(limited.next).toEqual(keys[14]);
    });
  });
};

const tied = (pk: string, count: number): readonly Item[] =>
  Array.from({ length: count }, (_, at) => ({
    pk: `${pk}-${at % 3}`,
    sk: `item-${String(at).padStart(3, '0')}`,
    gsi1pk: pk,
    gsi1sk: `tie-${Math.floor(at / 10)}`,
    gsi2pk: pk,
    gsi2sk: `rank-${String(count - at).padStart(3, '0')}`,
    at,
  }));

export const indexTests = (tests: Tests): void => {
  const { table, test } = tests;
  describe('indexes', () => {
    test('index pages are complete and without duplicates where keys tie', async () => {
      const pk = uniqueName('ties');
      const items = tied(pk, 40);
      await table().bulk(items.map((item) => ({ kind: 'put', item })));

      await eventually(async () => {
        for (const order of ['ascending', 'descending'] as const) {
          const found = await readPages(tests, { index: 'gsi1', pk, limit: 3, order });
          const sorted = found.map((item) => String(item.gsi1sk));
          expect(new Set(found.map((item) => item.at)).size).toBe(40);
          expect(found).toHaveLength(40);
          const expected = [...sorted].sort();
          expect(sorted).toEqual(order === 'ascending' ? expected : expected.toReversed());
        }
      });
    });

    test('index reads ranges, prefixes and orders with whole items', async () => {
      const pk = uniqueName('index');
      const items = tied(pk, 20);
      await table().bulk(items.map((item) => ({ kind: 'put', item })));
      const range = { from: 'rank-003', to: 'rank-005' };
      const query: Query = { index: 'gsi2', pk, sk: range };

      await eventually(async () => {
        const found = await table().query(query);
        const back = await table().query({ ...query, order: 'descending', limit: 2 });
        const prefixed = await table().query({ index: 'gsi2', pk, sk: { prefix: 'rank-01' } });
        expect(found.items).toStrictEqual([items[17], items[16], items[15]]);
        expect(back.items.map((item) => item.at)).toEqual([15, 16]);
        expect(prefixed.items.map((item) => item.at)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
      });
    });

    test('index follows updates, removals of its keys and deletes', async () => {
      const pk = uniqueName('follow');
      const [a, b, c, d] = tied(pk, 4) as [Item, Item, Item, Item];
      await table().bulk([a, b, c, d].map((item) => ({ kind: 'put', item })));

      await table().write(update(a, { set: { gsi1sk: 'moved' } }));
      await table().write(update(b, { remove: ['gsi1pk', 'gsi1sk'] }));
      await table().write(remove(c));

      await eventually(async () => {
        const { items } = await table().query({ index: 'gsi1', pk });
        const other = await table().query({ index: 'gsi2', pk });
        expect(items.map((item) => [item.at, item.gsi1sk])).toEqual([
          [0, 'moved'],
          [3, 'tie-0'],
        ]);
        expect(other.items.map((item) => item.at)).toEqual([3, 1, 0]);
      });
    });

    test('index leaves out items that have only one of its keys', async () => {
      const pk = uniqueName('sparse');
      await table().write(put({ pk, sk: 'half', gsi1pk: pk }));
      await table().write(put({ pk, sk: 'whole', gsi1pk: pk, gsi1sk: '1' }));

      await eventually(async () => {
        const { items } = await table().query({ index: 'gsi1', pk });
        expect(items.map((item) => item.sk)).toEqual(['whole']);
      });
    });
  });
};
