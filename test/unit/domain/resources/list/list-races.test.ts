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
import { listKeys } from '#domain/resources/list/list.items.ts';
import { AppError } from '#kernel/errors.ts';
import type { Item, Table } from '#kernel/table.ts';
import { crashing, createModel, itemsOf, LIST, openHarness, writeAll } from './list-harness.ts';

const ROWS = 12;
const VERSIONS = 16;

/** Where each version of each row would be in the journal. */
const slots = Array.from({ length: ROWS * VERSIONS }, (_, i) => {
  const [id, version] = [1 + Math.floor(i / VERSIONS), 1 + (i % VERSIONS)];
  return [listKeys.entry(LIST, { id, version }).sk, id, version] as const;
});

/**
 * A query is no snapshot: this one looks at every key that there may be, one after the other in
 * ascending order, and `between` runs before each look.
 */
function keyByKey(table: Table, between: (sk: string) => Promise<void>): Table {
  return {
    ...table,
    query: async ({ pk, sk: range }) => {
      const isWithin = (sk: string): boolean =>
        range === undefined || ('prefix' in range ? sk.startsWith(range.prefix) : true);
      const items: Item[] = [];
      for (const sk of ['HEAD', ...slots.map(([slot]) => slot), 'ROOT'].filter(isWithin).sort()) {
        await between(sk);
        const item = await table.get({ pk, sk });
        if (item !== undefined) items.push(item);
      }
      return { items };
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
  touches: fc.array(fc.nat({ max: 200 }), { maxLength: 4 }),
  /** Whether row 1 leaves the list or comes back. */
  toggles: fc.boolean(),
  fold: fc.constantFrom('none', 'none', 'none', 'whole', 'crash 1', 'crash 2', 'crash 3'),
});
type Pause = typeof pause extends fc.Arbitrary<infer T> ? T : never;

/** A list that others change and fold in each of `pauses`, `gap` looks apart. */
async function openBusyList(pauses: readonly Pause[], size: number, gap: number) {
  const harness = openHarness();
  const { table, process } = harness;
  const model = createModel();
  const writer = process();
  const write = async (id: number, position: number | null): Promise<void> => {
    if ((model.all.get(id)?.version ?? 0) >= VERSIONS) return;
    await writeAll(writer, [model.change(id, position)]);
  };
  for (let id = 1; id <= size; id += 1) await write(id, id * 2);
  let looks = 0;
  const between = async (): Promise<void> => {
    looks += 1;
    const now = looks % gap === 0 ? pauses[looks / gap - 1] : undefined;
    if (now === undefined) return;
    const touched = now.touches.map((n) => (n % size) + 1).filter((id) => id > 1);
    for (const id of touched) await write(id, id * 2);
    if (now.toggles) await write(1, model.all.get(1)?.position === null ? looks % 31 : null);
    if (now.fold === 'none') return;
    const nth = Number(now.fold.slice(-1));
    const through = now.fold === 'whole' ? table : crashing(table, nth, 'after');
    await foldList(process(through), LIST).catch(() => undefined);
  };
  return { ...harness, model, through: () => keyByKey(table, between) };
}

const busy = [
  fc.array(pause, { minLength: 1, maxLength: 120, size: 'max' }),
  fc.integer({ min: 1, max: ROWS }),
  fc.integer({ min: 1, max: 12 }),
] as const;

it('shows each row once, whatever is written and folded while it reads', async () => {
  await fc.assert(
    fc.asyncProperty(...busy, async (pauses, size, gap) => {
      const { table, process, model, through } = await openBusyList(pauses, size, gap);
      const reader = process(through());

      for (const options of [everything, sorted]) {
        const page = await readPatiently(reader, options);
        const others = page.rows.filter(({ id }) => id !== 1).map(where);
        const expected = model.rows().filter(({ id }) => id !== 1);

        expect(others.toSorted((a, b) => a.position - b.position)).toEqual(expected.map(where));
        expect(page.total).toBe(page.rows.length);
        expect(page.rows.length - others.length).toBeLessThanOrEqual(1);
      }
      table.close();
    }),
    { numRuns: 100 },
  );
});

it('folds rightly, whatever is written and folded while it reads the journal', async () => {
  await fc.assert(
    fc.asyncProperty(...busy, async (pauses, size, gap) => {
      const { table, process, model, through } = await openBusyList(pauses, size, gap);

      await foldList(process(through()), LIST);
      await foldList(process(through()), LIST);
      await foldList(process(), LIST);

      expect((await itemsOf(table)).J).toEqual([]);
      const page = await readListPage(process(), [LIST], everything);
      expect(page).toEqual({ total: model.rows().length, rows: model.rows() });
      table.close();
    }),
    { numRuns: 100 },
  );
});

it('never takes a change for one that builds on changes which it missed', async () => {
  const { table, process } = openHarness();
  const model = createModel();
  const writer = process();
  for (let id = 1; id <= 200; id += 1) await writeAll(writer, [model.change(id, id)]);
  await foldList(writer, LIST);
  // Each row moves twice just before a reader gets to where its second move will be.
  const moveTwice = async (sk: string): Promise<void> => {
    const [, id, version] = slots.find(([slot]) => slot === sk) ?? [];
    if (id === undefined || version !== 3 || model.all.get(id)?.version !== 1) return;
    await writeAll(writer, [model.change(id, 300 + id), model.change(id, 100.5)]);
  };

  await foldList(process(keyByKey(table, moveTwice)), LIST);
  await foldList(process(), LIST);

  const page = await readListPage(process(), [LIST], everything);
  expect(page).toEqual({ total: 200, rows: model.rows() });
  expect(model.rows().filter(({ version }) => version === 3)).toHaveLength(ROWS);
  table.close();
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
