import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  foldList,
  type ListPageOptions,
  type ListRow,
  type ListStore,
  readListPage,
} from '#domain/resources/list/index.ts';
import { toRoot } from '#domain/resources/list/list.items.ts';
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

const place = fc.integer({ min: -20, max: 400 });
const pick = fc.nat({ max: 10_000 });

const step = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('append'), rows: fc.integer({ min: 1, max: 90 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('insert'),
      places: fc.array(place, { minLength: 1, maxLength: 40 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('move'),
      rows: fc.array(fc.tuple(pick, place), { maxLength: 30 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('drop'),
      from: pick,
      rows: fc.integer({ min: 1, max: 60 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('toggle'),
      rows: fc.array(fc.tuple(pick, place), { maxLength: 20 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('fold') }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('crash'),
      at: fc.integer({ min: 1, max: 4 }),
      when: fc.constantFrom('before', 'after'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart') }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface World {
  readonly harness: Harness;
  readonly model: Model;
  store: ListStore;
}

const someRow = (rows: readonly { readonly id: number }[], at: number): number | undefined =>
  rows[at % Math.max(1, rows.length)]?.id;

function changesOf({ model }: World, action: Step): ReturnType<Model['change']>[] {
  const fresh = (): number => model.all.size + 1;
  if (action.do === 'append' && 'rows' in action && typeof action.rows === 'number') {
    const top = model.rows().at(-1)?.position ?? 0;
    return Array.from({ length: action.rows }, (_, i) => model.change(fresh(), top + 1 + i));
  }
  if ('places' in action) return action.places.map((position) => model.change(fresh(), position));
  if ('from' in action) {
    const doomed = model
      .rows()
      .slice(action.from % (model.rows().length + 1))
      .slice(0, action.rows);
    return doomed.map(({ id }) => model.change(id, null));
  }
  if (!('rows' in action) || typeof action.rows === 'number') return [];
  return action.rows.flatMap(([at, position]) => {
    const id = someRow(action.do === 'toggle' ? [...model.all.values()] : model.rows(), at);
    if (id === undefined) return [];
    const isOff = model.all.get(id)?.position === null;
    return [model.change(id, action.do === 'toggle' && !isOff ? null : position)];
  });
}

async function perform(world: World, action: Step): Promise<void> {
  const { harness } = world;
  await writeAll(world.store, changesOf(world, action));
  if (action.do === 'fold') await foldList(world.store, LIST);
  if (action.do === 'wait') harness.advance(61);
  if (action.do === 'restart') world.store = harness.process();
  if ('at' in action) {
    const table = crashing(harness.table, action.at, action.when === 'before' ? 'before' : 'after');
    await foldList({ ...world.store, table }, LIST).catch((error: unknown) => {
      if (!(error instanceof Error && error.message === 'crash')) throw error;
    });
  }
}

const byName = (rows: readonly ListRow[], descending: boolean): ListRow[] =>
  rows.toSorted((a, b) => {
    const [x, y] = [String(a.summary.name), String(b.summary.name)];
    const order = x < y ? -1 : x > y ? 1 : 0;
    return (descending ? -order : order) || a.position - b.position || a.id - b.id;
  });

async function expectPage(
  { store }: World,
  expected: readonly ListRow[],
  options: ListPageOptions,
): Promise<void> {
  const { offset, limit } = options;
  expect(await readListPage(store, [LIST], options)).toEqual({
    total: expected.length,
    rows: expected.slice(offset, offset + limit),
  });
}

async function expectSame(world: World, offset: number): Promise<void> {
  const rows = world.model.rows();
  const window = { offset: offset % (rows.length + 2), limit: 10 };
  await expectPage(world, rows, window);
  await expectPage(world, rows.toReversed(), { ...window, descending: true });
  for (const descending of [false, true]) {
    const sort = { field: 'name', descending };
    await expectPage(world, byName(rows, descending), { ...window, sort });
  }
  const small = rows.filter(({ summary }) => Number(summary.size) < 2);
  const matches = (summary: ListRow['summary']) => Number(summary.size) < 2;
  await expectPage(world, small, { offset: 0, limit: 1000, filter: { key: 'small', matches } });
}

/** Folded to the end: no journal, no bucket that nobody knows, no bucket too large. */
async function expectTidy(world: World): Promise<void> {
  const { harness, store, model } = world;
  await harness.settled();
  await foldList(store, LIST);
  const kinds = await itemsOf(harness.table);
  const root = toRoot(await harness.table.get({ pk: `LIST#${LIST}`, sk: 'ROOT' }));
  const used = root.buckets.map(({ id }) => `B#${id}`);
  const known = [...used, ...root.retired.map(({ id }) => `B#${id}`)];
  expect(kinds.J).toEqual([]);
  expect(kinds.B?.filter((bucket) => !known.includes(bucket))).toEqual([]);
  expect(used.filter((bucket) => !kinds.B?.includes(bucket))).toEqual([]);
  expect(root.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(model.rows().length);
  expect(root.buckets.every(({ count }) => count > 0 && count <= 64)).toBe(true);
}

it('shows what a plain array shows, through folds and crashes of folds', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(step, pick), { maxLength: 40, size: 'max' }),
      async (script) => {
        const harness = openHarness();
        const world = { harness, model: createModel(), store: harness.process() };

        for (const [action, offset] of script) {
          await perform(world, action);
          await expectSame(world, offset);
        }

        await expectTidy(world);
        world.store = harness.process();
        for (let offset = 0; offset < 200; offset += 37) await expectSame(world, offset);
        harness.table.close();
      },
    ),
    { numRuns: 60 },
  );
});
