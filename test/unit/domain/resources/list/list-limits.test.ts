import { describe, expect, it } from 'vitest';
import { foldList, listWrite, readListPage } from '#domain/resources/list/index.ts';
import type { Table } from '#kernel/table.ts';
import { createModel, itemsOf, LIST, openHarness, writeAll } from './list-harness.ts';

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
  const noise = (n: number): string =>
    Array.from({ length: 40_000 }, (_, i) =>
      String.fromCodePoint(0x4e00 + ((i * i * 31 + i * n * 7919) % 20_000)),
    ).join('');
  const store = process();
  await writeAll(
    store,
    Array.from({ length: 60 }, (_, n) => model.change(n, n, { text: noise(n) })),
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

it('reads anew when a bucket was deleted under a slow reader', async () => {
  const { table, process, advance } = openHarness();
  const model = createModel();
  const writer = process();
  await writeAll(
    writer,
    Array.from({ length: 100 }, (_, i) => model.change(i, i)),
  );
  await foldList(writer, LIST);
  let rewritten = false;
  const slow: Table = {
    ...table,
    batchGet: async (keys, options) => {
      if (!rewritten) {
        rewritten = true;
        for (const position of [200, 300]) {
          await writeAll(
            writer,
            Array.from({ length: 100 }, (_, i) => model.change(i, position + i)),
          );
          await foldList(writer, LIST);
          advance(61);
        }
      }
      return table.batchGet(keys, options);
    },
  };

  const page = await readListPage(process(slow), [LIST], { offset: 95, limit: 10 });

  expect(page).toEqual({ total: 100, rows: model.rows().slice(95) });
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
