import { expect, it } from 'vitest';
import { foldList, readListPage } from '#domain/resources/list/index.ts';
import { listKeys, toRoot } from '#domain/resources/list/list.items.ts';
import type { Table } from '#kernel/table.ts';
import { crashing, createModel, itemsOf, LIST, openHarness, writeAll } from './list-harness.ts';

it('folds rows with very long summaries', async () => {
  const { table, process } = openHarness();
  const model = createModel();
  let seed = 1;
  const noise = (): string => {
    const next = (): string => {
      seed = (seed * 48_271) % 2_147_483_647;
      return String.fromCodePoint(0x4e00 + (seed % 20_000));
    };
    return Array.from({ length: 40_000 }, next).join('');
  };
  const store = process();
  await writeAll(
    store,
    Array.from({ length: 60 }, (_, n) => model.change(n, n, { text: noise() })),
  );

  await foldList(store, LIST);

  const kinds = await itemsOf(table);
  expect(kinds.J).toEqual([]);
  expect(kinds.B?.length).toBeGreaterThan(30);
  expect(await readListPage(process(), [LIST], { offset: 0, limit: 100 })).toEqual({
    total: 60,
    rows: model.rows(),
  });
});

it('folds more changes of one row than a step reads', async () => {
  const { table, process } = openHarness();
  const model = createModel();
  const store = process();
  await writeAll(store, [model.change(1, 1), model.change(3, 2)]);
  await writeAll(
    store,
    Array.from({ length: 1_200 }, (_, i) => model.change(2, 10 + (i % 3))),
  );

  await foldList(store, LIST);

  expect((await itemsOf(table)).J).toEqual([]);
  expect((await readListPage(process(), [LIST], { offset: 0, limit: 9 })).rows).toEqual(
    model.rows(),
  );
});

it('folds whole rows where a step ends amid the changes of one', async () => {
  const { table, process } = openHarness();
  const model = createModel();
  const store = process();
  const made = Array.from({ length: 700 }, (_, i) => model.change(i + 1, i));
  await writeAll(store, made);
  await foldList(store, LIST);
  await writeAll(
    store,
    made.slice(0, 510).map(({ id }) => model.change(id, id - 1)),
  );
  // The first 512 entries end with the second of these.
  for (const position of [800, 801, 802]) await writeAll(store, [model.change(511, position)]);
  await writeAll(
    store,
    made.slice(520).map(({ id }) => model.change(id, null)),
  );

  await foldList(store, LIST);

  expect((await itemsOf(table)).J).toEqual([]);
  const page = await readListPage(process(), [LIST], { offset: 0, limit: 1000 });
  expect(page).toEqual({ total: 520, rows: model.rows() });
});

it('reads and writes a bounded number of buckets at a time', async () => {
  const { table, process } = openHarness();
  const model = createModel();
  await writeAll(
    process(),
    Array.from({ length: 4_000 }, (_, i) => model.change(i, (i * 1_571) % 4_001)),
  );
  await foldList(process(), LIST);
  await writeAll(
    process(),
    Array.from({ length: 200 }, (_, i) => model.change(i * 3, null)),
  );
  const [reads, writes]: [number[], number[]] = [[], []];
  const counting: Table = {
    ...table,
    batchGet: (keys, options) => {
      reads.push(keys.length);
      return table.batchGet(keys, options);
    },
    transact: (all) => {
      writes.push(all.length);
      return table.transact(all);
    },
  };

  await foldList(process(counting), LIST);

  expect(Math.max(...reads)).toBeLessThanOrEqual(48);
  expect(Math.max(...writes)).toBeLessThanOrEqual(60);
  const page = await readListPage(process(), [LIST], { offset: 0, limit: 5_000 });
  expect(page).toEqual({ total: 3_800, rows: model.rows() });
});

it('remembers what a crashed fold left behind until it has been there', async () => {
  const { table, process } = openHarness();
  const model = createModel();
  const late = Array.from({ length: 10 }, (_, i) => model.change(5000 + i, i));
  await writeAll(process(), late);
  // Switched to the new root, but deleted nothing.
  const crashed = foldList(process(crashing(table, 3, 'before')), LIST);
  await expect(crashed).rejects.toThrow('crash');
  const early = Array.from({ length: 1_200 }, (_, i) => model.change(i + 1, 100 + i));
  await writeAll(process(), early);
  await writeAll(
    process(),
    late.map(({ id }) => model.change(id, null)),
  );

  await foldList(process(), LIST);

  expect((await itemsOf(table)).J).toEqual([]);
  const page = await readListPage(process(), [LIST], { offset: 0, limit: 2000 });
  expect(page).toEqual({ total: 1_200, rows: model.rows() });
});

const bucketSizes = async (table: Table): Promise<readonly number[]> =>
  toRoot(await table.get(listKeys.root(LIST))).buckets.map(({ count }) => count);

it('fills buckets at the end of a list and puts small ones together', async () => {
  const { table, process } = openHarness();
  const model = createModel();
  const store = process();
  for (let start = 0; start < 330; start += 33) {
    await writeAll(
      store,
      Array.from({ length: 33 }, (_, i) => model.change(start + i, start + i)),
    );
    await foldList(store, LIST);
  }
  const grown = await bucketSizes(table);

  await writeAll(
    store,
    Array.from({ length: 60 }, (_, i) => model.change(128 + i, null)),
  );
  await foldList(store, LIST);
  const shrunk = await bucketSizes(table);

  expect(grown).toEqual([64, 64, 64, 64, 64, 10]);
  expect(shrunk).toEqual([64, 64, 34, 34, 64, 10]);
});
