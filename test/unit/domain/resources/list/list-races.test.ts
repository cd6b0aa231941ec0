import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  foldList,
  type ListPage,
  type ListPageOptions,
  type ListRow,
  type ListStore,
  readListPage,
} from '#domain/resources/list/index.ts';
import { AppError } from '#kernel/errors.ts';
import type { QueryPosition, Table } from '#kernel/table.ts';
import { crashing, createModel, itemsOf, LIST, openHarness, writeAll } from './list-harness.ts';

/** A query is no snapshot: here `between` runs before each single item that it reads. */
function itemByItem(table: Table, between: () => Promise<void>): Table {
  return {
    ...table,
    query: async (query) => {
      const items = [];
      let after: QueryPosition | undefined;
      for (;;) {
        await between();
        const page = await table.query({ ...query, limit: 1, ...(after && { after }) });
        items.push(...page.items);
        if (page.next === undefined || items.length === query.limit) {
          return page.next === undefined ? { items } : { items, next: page.next };
        }
        after = page.next;
      }
    },
  };
}

const where = ({ id, position, summary }: ListRow) => ({ id, position, summary });
const everything = { offset: 0, limit: 10_000 };
const sorted = { ...everything, sort: { field: 'name', descending: false } };

/** Reads again where folds came too fast, as clients do on `unavailable`. */
async function readPatiently(store: ListStore, options: ListPageOptions): Promise<ListPage> {
  for (;;) {
    try {
      return await readListPage(store, [LIST], options);
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'unavailable')) throw error;
    }
  }
}

const pause = fc.record({
  /** Changes that leave every row where it is. */
  touches: fc.array(fc.nat({ max: 200 }), { maxLength: 3 }),
  /** Whether row 1 leaves the list or comes back. */
  toggles: fc.boolean(),
  fold: fc.constantFrom(...Array(5).fill('none'), 'whole', 'crash 1', 'crash 2', 'crash 3'),
});

it('shows each row once, whatever is folded while it reads', async () => {
  const script = fc.array(pause, { minLength: 1, maxLength: 60, size: 'max' });
  await fc.assert(
    fc.asyncProperty(script, fc.integer({ min: 1, max: 30 }), async (pauses, size) => {
      const { table, process } = openHarness();
      const model = createModel();
      const writer = process();
      await writeAll(
        writer,
        Array.from({ length: size }, (_, i) => model.change(i + 1, i * 2)),
      );
      let at = 0;
      const between = async (): Promise<void> => {
        const now = pauses[at];
        at += 1;
        if (now === undefined) return;
        const touched = now.touches.map((n) => (n % size) + 1).filter((id) => id > 1);
        await writeAll(
          writer,
          touched.map((id) => model.change(id, (id - 1) * 2)),
        );
        if (now.toggles) {
          const isOn = model.all.get(1)?.position !== null;
          await writeAll(writer, [model.change(1, isOn ? null : at * 3)]);
        }
        if (now.fold === 'none') return;
        const nth = Number(now.fold.slice(-1));
        const through = now.fold === 'whole' ? table : crashing(table, nth, 'after');
        await foldList(process(through), LIST).catch(() => undefined);
      };
      const reader = process(itemByItem(table, between));

      for (const options of [everything, sorted]) {
        const page = await readPatiently(reader, options);
        const others = page.rows.filter(({ id }) => id !== 1).map(where);
        const expected = model
          .rows()
          .filter(({ id }) => id !== 1)
          .map(where);

        expect(others.toSorted((a, b) => a.position - b.position)).toEqual(expected);
        expect(page.total).toBe(page.rows.length);
        expect(page.rows.length - others.length).toBeLessThanOrEqual(1);
      }

      at = pauses.length;
      await foldList(process(), LIST);
      expect((await itemsOf(table)).J).toEqual([]);
      const { rows } = await readListPage(process(), [LIST], everything);
      expect(rows).toEqual(model.rows());
      table.close();
    }),
    { numRuns: 120 },
  );
});

/** Lets others run between any two calls of the table, as a network does. */
function slow(table: Table): Table {
  const later = async <T>(work: () => Promise<T>): Promise<T> => {
    await new Promise((done) => setTimeout(done, Math.random() * 3));
    return work();
  };
  return {
    get: (...call) => later(() => table.get(...call)),
    batchGet: (...call) => later(() => table.batchGet(...call)),
    query: (...call) => later(() => table.query(...call)),
    write: (...call) => later(() => table.write(...call)),
    transact: (...call) => later(() => table.transact(...call)),
    bulk: (...call) => later(() => table.bulk(...call)),
  };
}

it('lets 20 writers, three folders and readers work at once', async () => {
  const { table, process } = openHarness();
  const model = createModel();
  let next = 0;
  let busy = true;
  const create = async (): Promise<void> => {
    const store = process(slow(table));
    for (let n = 0; n < 25; n += 1) {
      next += 1;
      const id = next;
      await writeAll(store, [model.change(id, id)]);
      const { rows } = await readListPage(store, [LIST], { offset: 0, limit: 10_000 });
      expect(rows.map((row) => row.id)).toContain(id);
    }
  };
  const fold = async (): Promise<void> => {
    const store: ListStore = process(slow(table));
    while (busy) await foldList(store, LIST);
  };

  const folders = Promise.all([fold(), fold(), fold()]);
  await Promise.all(Array.from({ length: 20 }, create));
  busy = false;
  await folders;
  await foldList(process(), LIST);

  expect(model.rows()).toHaveLength(500);
  expect(await readListPage(process(), [LIST], { offset: 0, limit: 1000 })).toEqual({
    total: 500,
    rows: model.rows(),
  });
  expect((await itemsOf(table)).J).toEqual([]);
  table.close();
});
