import fc from 'fast-check';
import { expect, it } from 'vitest';
import { foldList, readListPage } from '#domain/resources/list/index.ts';
import type { Table } from '#kernel/table.ts';
import { createModel, LIST, openHarness, writeAll } from './list-harness.ts';

const LISTS = ['1#queue', '2#queue', '3#queue'];

it('merges the lists of several groups, exact at any offset', async () => {
  const scattered = fc.array(fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 300 })), {
    maxLength: 400,
    size: 'max',
  });
  await fc.assert(
    fc.asyncProperty(scattered, fc.nat({ max: 400 }), async (rows, foldedUpTo) => {
      const { table, process } = openHarness();
      const model = createModel();
      const store = process();
      for (const [i, [group, position]] of rows.entries()) {
        await writeAll(store, [model.change(i + 1, position)], LISTS[group]);
        if (i === foldedUpTo) for (const list of LISTS) await foldList(store, list);
      }
      const expected = model.rows();
      const total = expected.length;

      for (const offset of [0, 1, 9, 64, 150, Math.max(0, total - 7), total]) {
        const window = { offset, limit: 10 };
        const up = await readListPage(process(), LISTS, window);
        const down = await readListPage(process(), LISTS, { ...window, descending: true });
        expect(up).toEqual({ total, rows: expected.slice(offset, offset + 10) });
        expect(down).toEqual({ total, rows: expected.toReversed().slice(offset, offset + 10) });
      }
      const all = { offset: 0, limit: 1000, filter: { matches: () => true } };
      expect(await readListPage(process(), LISTS, all)).toEqual({ total, rows: expected });
      table.close();
    }),
    { numRuns: 40 },
  );
});

it('has no rows where there are no lists, or none in them', async () => {
  const { process } = openHarness();
  const empty = { total: 0, rows: [] };

  expect(await readListPage(process(), [], { offset: 0, limit: 10 })).toEqual(empty);
  expect(await readListPage(process(), LISTS, { offset: 5, limit: 10 })).toEqual(empty);
  const sort = { field: 'name', descending: true };
  expect(await readListPage(process(), LISTS, { offset: 0, limit: 10, sort })).toEqual(empty);
});

it('reads only the buckets of the window when the groups grew one after the other', async () => {
  const { table, process } = openHarness();
  const model = createModel();
  const store = process();
  for (const [at, list] of LISTS.entries()) {
    const rows = Array.from({ length: 640 }, (_, i) => model.change(at * 640 + i, at * 640 + i));
    await writeAll(store, rows, list);
    await foldList(store, list);
  }
  const asked: number[] = [];
  const counting: Table = {
    ...table,
    batchGet: (keys, options) => {
      asked.push(keys.length);
      return table.batchGet(keys, options);
    },
  };

  const across = await readListPage(process(counting), LISTS, { offset: 700, limit: 10 });
  const within = await readListPage(process(counting), LISTS, { offset: 704, limit: 64 });

  // The second bucket of the second list begins with row 704.
  expect(across.rows).toEqual(model.rows().slice(700, 710));
  expect(within.rows).toEqual(model.rows().slice(704, 768));
  expect(asked).toEqual([2, 1]);
});

it('sorts absent, false and many values by fixed rules, and equal ones in default order', async () => {
  const { process } = openHarness();
  const model = createModel();
  const store = process();
  const values = [undefined, 'b', 'a', null, 2, 10, true, ['x', 'y'], 'b'];
  await writeAll(
    store,
    values.map((value, i) => model.change(i, 100 - i, value === undefined ? {} : { field: value })),
  );

  const sort = { field: 'field', descending: false };
  const { rows } = await readListPage(store, [LIST], { offset: 0, limit: 20, sort });

  expect(rows.map(({ id }) => id)).toEqual([6, 4, 5, 2, 8, 1, 7, 3, 0]);
});
