import { describe, expect, it } from 'vitest';
import { foldList, type ListStore, listWrite, readListPage } from '#domain/resources/list/index.ts';
import { listKeys, toRoot } from '#domain/resources/list/list.items.ts';
import type { Table } from '#kernel/table.ts';
import {
  crashing,
  createModel,
  type Harness,
  itemsOf,
  LIST,
  type Model,
  openHarness,
  writeAll,
} from './list-harness.ts';

describe('listWrite', () => {
  const entry = { id: 1, version: 1, position: 1, was: null, summary: {} };
  it.each([
    { id: -1 },
    { id: 1.5 },
    { version: Number.NaN },
    { version: 10 ** 15 },
    { position: Number.POSITIVE_INFINITY },
    { was: Number.NaN },
  ])('refuses %o', (flaw) => {
    expect(() => listWrite(LIST, { ...entry, ...flaw })).toThrow('whole ids');
  });
});

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

it('remembers what a crashed fold left behind until it has been there', async () => {
  const { table, process } = openHarness();
  const model = createModel();
  const late = Array.from({ length: 10 }, (_, i) => model.change(1000 + i, i));
  await writeAll(process(), late);
  // Switched to the new root, but deleted nothing.
  const crashed = foldList(process(crashing(table, 3, 'before')), LIST);
  await expect(crashed).rejects.toThrow('crash');
  const early = Array.from({ length: 600 }, (_, i) => model.change(i + 1, 100 + i));
  await writeAll(process(), early);
  await writeAll(
    process(),
    late.map(({ id }) => model.change(id, null)),
  );

  await foldList(process(), LIST);

  expect((await itemsOf(table)).J).toEqual([]);
  const page = await readListPage(process(), [LIST], { offset: 0, limit: 1000 });
  expect(page).toEqual({ total: 600, rows: model.rows() });
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

interface SlowReader {
  readonly store: ListStore;
  readonly queries: () => number;
}

/** A reader of a list of 100 rows that is rewritten twice before it gets at a bucket. */
async function slowReader(harness: Harness, model: Model, seconds: number): Promise<SlowReader> {
  const { table, process, advance } = harness;
  const writer = process();
  const moveAll = async (start: number): Promise<void> => {
    await writeAll(
      writer,
      Array.from({ length: 100 }, (_, i) => model.change(i, start + i)),
    );
    await foldList(writer, LIST);
    advance(seconds);
  };
  await moveAll(0);
  let [rewritten, queries] = [false, 0];
  const store = process({
    ...table,
    query: (query) => {
      queries += 1;
      return table.query(query);
    },
    batchGet: async (keys, options) => {
      if (!rewritten) {
        rewritten = true;
        for (const start of [200, 300]) await moveAll(start);
      }
      return table.batchGet(keys, options);
    },
  });
  return { store, queries: () => queries };
}

it('reads anew when a bucket was deleted under a slow reader', async () => {
  const [harness, model] = [openHarness(), createModel()];
  const { store, queries } = await slowReader(harness, model, 61);

  const page = await readListPage(store, [LIST], { offset: 95, limit: 10 });

  expect(page).toEqual({ total: 100, rows: model.rows().slice(95) });
  expect(queries()).toBe(2);
});

it('keeps replaced buckets for a minute, for readers that began before', async () => {
  const [harness, model] = [openHarness(), createModel()];
  const { store, queries } = await slowReader(harness, model, 20);

  const { rows } = await readListPage(store, [LIST], { offset: 95, limit: 10 });

  // As the list was when the read began.
  expect(rows.map(({ position }) => position)).toEqual([95, 96, 97, 98, 99]);
  expect(queries()).toBe(1);
});

it('reads a bucket consistently where the eventual read does not show it yet', async () => {
  const { table, process } = openHarness();
  const model = createModel();
  await writeAll(
    process(),
    Array.from({ length: 70 }, (_, i) => model.change(i, i)),
  );
  await foldList(process(), LIST);
  const lagging: Table = {
    ...table,
    batchGet: async (keys, options) =>
      options?.eventual ? keys.map(() => undefined) : table.batchGet(keys, options),
  };

  const page = await readListPage(process(lagging), [LIST], { offset: 60, limit: 10 });

  expect(page).toEqual({ total: 70, rows: model.rows().slice(60) });
});
