import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  foldList,
  type ListEntry,
  type ListPageOptions,
  type ListStore,
  listWrite,
  maybeFold,
  readListPage,
} from '#domain/resources/list/index.ts';
import { listKeys, toRoot } from '#domain/resources/list/list.items.ts';
import type { Background } from '#kernel/background.ts';
import type { Blobs } from '#kernel/blobs.ts';
import type { Messages } from '#kernel/messages.ts';
import { meterPorts, type Usage } from '#kernel/meter.ts';
import type { Table } from '#kernel/table.ts';
import {
  createModel,
  type Harness,
  itemsOf,
  LIST,
  type Model,
  openHarness,
  writeAll,
} from './list-harness.ts';

const WORDS =
  'model attack defence patch sweep noise epsilon baseline robust image audio text fold seed run'.split(
    ' ',
  );

/** A summary as long as those of real resources, with words that do not repeat in step. */
function summaryOf(id: number): ListEntry['summary'] {
  const word = (n: number): string =>
    WORDS[(id * 31 + n * n * 17 + ((id * n) >> 3)) % WORDS.length] ?? '';
  return {
    name: `${word(1)}-${word(2)}-${id}`,
    description: Array.from({ length: 11 }, (_, n) => word(n + 3)).join(' '),
    tag: [word(20), word(21)],
    createdOn: 1_790_000_000_000 + id * 61_337 + ((id * 7919) % 60_000),
    lastModifiedOn: 1_790_000_000_000 + id * 61_337 + ((id * 104_729) % 600_000),
  };
}

interface Filled {
  readonly harness: Harness;
  readonly model: Model;
}

/** A list after everyday life: made in a burst, folded, then a tenth of it edited or removed. */
async function fill(rows: number): Promise<Filled> {
  const harness = openHarness();
  const model = createModel();
  const store = harness.process();
  const made = Array.from({ length: rows }, (_, i) => model.change(i + 1, i + 1, summaryOf(i + 1)));
  await harness.table.bulk(
    made.map((entry) => {
      const write = listWrite(LIST, entry);
      if (write.kind !== 'put') throw new Error('an entry is a put');
      return write;
    }),
  );
  await foldList(store, LIST);
  for (let id = 5; id <= rows; id += 10) {
    await writeAll(store, [model.change(id, id % 20 === 5 ? null : rows + id)]);
    if (id % 320 === 5) await foldList(store, LIST);
  }
  // Buckets that were replaced long ago are forgotten.
  harness.advance(61);
  await foldList(store, LIST);
  // As full as the journal gets before the next fold.
  for (let id = rows + 1; id <= rows + 31; id += 1) {
    await writeAll(store, [model.change(id, 3 * rows + id, summaryOf(id))]);
  }
  return { harness, model };
}

// Lists use the table alone.
const meterOf = ({ table }: ListStore) =>
  meterPorts({
    table,
    blobs: {} as Blobs,
    messages: {} as Messages,
    background: {} as Background,
  });

async function costOf(
  store: ListStore,
  options: ListPageOptions,
): Promise<Usage & { readonly total: number }> {
  const { table, meter } = meterOf(store);
  const { total } = await readListPage({ ...store, table }, [LIST], options);
  return { ...meter.snapshot(), total };
}

describe.each([100, 1_000, 10_000])('a list of about %i rows', (size) => {
  let filled: Filled;
  beforeAll(async () => {
    filled = await fill(size);
  });
  afterAll(() => filled.harness.table.close());

  it('gives any page in default order for two round trips and five read units', async () => {
    const { harness, model } = filled;
    const total = model.rows().length;

    for (let offset = 0; offset < total; offset += Math.ceil(total / 41)) {
      const cost = await costOf(harness.process(), { offset, limit: 10 });

      expect(cost).toMatchObject({ total, writeUnits: 0 });
      expect(cost.sequentialRoundTrips).toBeLessThanOrEqual(2);
      expect(cost.readUnits).toBeLessThanOrEqual(5);
    }
  });

  it('sorts and searches for 0.02 units a row, and for next to nothing a second time', async () => {
    const { harness, model } = filled;
    const rows = model.rows().length;
    const sorted = { offset: 20, limit: 10, sort: { field: 'name', descending: false } };
    const found = {
      offset: 0,
      limit: 10,
      filter: {
        key: 'name:noise*',
        matches: (summary: ListEntry['summary']) => String(summary.name).startsWith('noise'),
      },
    };
    await foldList(harness.process(), LIST);
    const store = harness.process();

    const first = await costOf(store, sorted);
    const again = await costOf(store, sorted);
    const search = await costOf(store, found);
    await writeAll(store, [model.change(rows + 1_000_000, 9 * rows, summaryOf(rows))]);
    const afterWrite = await costOf(store, sorted);

    expect(first.total).toBe(rows);
    expect(first.sequentialRoundTrips).toBeLessThanOrEqual(2);
    expect(first.readUnits).toBeLessThanOrEqual(Math.max(0.02 * rows, 3));
    for (const cheap of [again, search]) {
      expect(cheap.sequentialRoundTrips).toBe(1);
      expect(cheap.readUnits).toBeLessThanOrEqual(1);
    }
    expect(search.total).toBeGreaterThan(0);
    expect(afterWrite).toMatchObject({ total: rows + 1, sequentialRoundTrips: 1 });
    expect(afterWrite.readUnits).toBeLessThanOrEqual(2);
  });
});

it('folds for at most two write units a change', async () => {
  const harness = openHarness();
  const model = createModel();
  const store = harness.process();
  const { table, meter } = meterOf(store);

  for (let id = 1; id <= 3_200; id += 1) {
    await writeAll(store, [model.change(id, id, summaryOf(id))]);
    await maybeFold({ ...store, table }, LIST, id);
    harness.advance(3);
  }

  expect(meter.snapshot().writeUnits / 3_200).toBeLessThanOrEqual(2);
  expect((await itemsOf(harness.table)).J).toEqual([]);
  harness.table.close();
});

it('rests between two folds of a list that is written without pause', async () => {
  const harness = openHarness();
  const store = harness.process();
  const model = createModel();
  const version = async () => toRoot(await harness.table.get(listKeys.root(LIST))).version;
  const write = async (first: number, last: number): Promise<void> => {
    for (let id = first; id <= last; id += 1) {
      await writeAll(store, [model.change(id, id)]);
      await maybeFold(store, LIST, id);
    }
  };

  await write(1, 128);
  const inOneMoment = await version();
  harness.advance(0.1);
  await write(129, 160);

  expect(inOneMoment).toBe(1);
  expect(await version()).toBe(2);
  expect((await itemsOf(harness.table)).J).toEqual([]);
  harness.table.close();
});

it('folds once behind the answers of reads that find a long journal', async () => {
  const harness = openHarness();
  const { table } = harness;
  const model = createModel();
  let roots = 0;
  const get: Table['get'] = (...call) => {
    roots += 1;
    return table.get(...call);
  };
  const store = harness.process({ ...table, get });
  const read = () => readListPage(store, [LIST], { offset: 0, limit: 1 });
  await writeAll(
    store,
    Array.from({ length: 31 }, (_, i) => model.change(i + 1, i)),
  );

  await read();
  await harness.settled();
  const before = await itemsOf(table);
  await writeAll(store, [model.change(32, 32)]);
  await Promise.all([read(), read()]);
  await harness.settled();
  const after = await itemsOf(table);

  expect(before).toMatchObject({ B: [], ROOT: [] });
  expect(after).toMatchObject({ J: [], ROOT: ['ROOT'] });
  expect(after.B).toHaveLength(1);
  expect(roots).toBe(1);
  table.close();
});

it('costs a writer one put of its own', () => {
  const model = createModel();

  const write = listWrite(LIST, model.change(4, 9));

  expect(write).toMatchObject({
    kind: 'put',
    item: { pk: 'LIST#7#queue', id: 4, v: 1, p: 9, w: null },
  });
  expect(write).not.toHaveProperty('if');
});
