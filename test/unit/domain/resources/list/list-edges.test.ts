import { describe, expect, it } from 'vitest';
import { foldList, type ListStore, listWrite, readListPage } from '#domain/resources/list/index.ts';
import type { Table } from '#kernel/table.ts';
import {
  createModel,
  type Harness,
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

it('keeps replaced buckets for a while, for readers that began before', async () => {
  const [harness, model] = [openHarness(), createModel()];
  const { store, queries } = await slowReader(harness, model, 9);

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
