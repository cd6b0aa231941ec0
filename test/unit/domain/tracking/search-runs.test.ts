import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createRun,
  deleteRun,
  deleteTag,
  logBatch,
  type RunDetail,
  type RunView,
  restoreRun,
  searchRuns,
  setTags,
  sweepRuns,
  updateRun,
} from '#domain/tracking/index.ts';
import { asSystem } from '#kernel/context.ts';
import { compareText } from '#kernel/text-order.ts';
import { newExperiment, openWorkshop, type Workshop } from './support.ts';

let shop: Workshop;

beforeAll(async () => {
  shop = await openWorkshop();
});
afterAll(() => shop.close());

/** Lets everything that was written settle in the index. */
async function settle(): Promise<void> {
  for (let sweep = 0; sweep < 2; sweep += 1) {
    shop.clock.advance(31_000);
    await sweepRuns(asSystem(shop.alice));
  }
}

interface Spec {
  readonly start: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly status: 'RUNNING' | 'FINISHED' | 'FAILED';
  readonly deleted: boolean;
}

async function add(experimentId: number, spec: Spec): Promise<string> {
  const { run } = await createRun(shop.alice, {
    experimentId,
    user: 'alice',
    startTime: spec.start,
    name: 'a run',
    tags: [],
  });
  await logBatch(shop.alice, {
    runId: run.id,
    metrics: Object.entries(spec.metrics).map(([key, value]) => ({
      key,
      value,
      step: 0n,
      timestamp: 1n,
    })),
    params: Object.entries(spec.params).map(([key, value]) => ({ key, value })),
    tags: Object.entries(spec.tags).map(([key, value]) => ({ key, value })),
  });
  if (spec.status !== 'RUNNING') {
    await updateRun(shop.alice, { runId: run.id, status: spec.status, endTime: spec.start + 7 });
  }
  if (spec.deleted) await deleteRun(shop.alice, run.id);
  return run.id;
}

interface Asked {
  readonly filter?: string;
  readonly orderBy?: readonly string[];
  readonly view?: RunView;
  readonly limit?: number;
}

/** Ids of all pages of a search. */
async function found(experimentIds: readonly number[], asked: Asked): Promise<readonly string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < 200; pages += 1) {
    const page = await searchRuns(shop.alice, {
      experimentIds,
      filter: asked.filter ?? '',
      orderBy: asked.orderBy ?? [],
      view: asked.view ?? 'active',
      limit: asked.limit ?? 1_000,
      ...(after === undefined ? {} : { after }),
    });
    ids.push(...page.runs.map(({ run }) => run.id));
    after = page.next;
    if (after === undefined) return ids;
  }
  throw new Error('The pages do not end.');
}

type Row = Spec & { readonly id: string };

const byStart = (a: Row, b: Row): number => b.start - a.start || (a.id < b.id ? -1 : 1);
/** Numbers first, then those that are none, then what is missing; in both directions. */
const phaseOf = (value: number | string | undefined): number =>
  value === undefined ? 2 : typeof value === 'number' && Number.isNaN(value) ? 1 : 0;

function byValue(read: (row: Row) => number | string | undefined, ascending: boolean) {
  return (a: Row, b: Row): number => {
    const [left, right] = [read(a), read(b)];
    const phase = phaseOf(left) - phaseOf(right);
    if (phase !== 0 || phaseOf(left) !== 0 || left === right) return phase || byStart(a, b);
    const way =
      typeof left === 'string' && typeof right === 'string'
        ? compareText(left, right)
        : Number(left) - Number(right);
    return ascending ? way : -way;
  };
}

interface Case {
  readonly text: string;
  readonly test: (row: Row) => boolean;
}

const numbers = [-1.5, 0, 0.25, 0.5, 1, 1e300, Number.NaN, Number.POSITIVE_INFINITY];
const texts = ['', 'a', 'a!', 'ab', 'b', 'ä', '\u{1f600}', '\uffff', 'a\u0000', '1e-3'];
const quoted = (text: string): string => `'${text}'`;
const plain = texts.filter((text) => !text.includes('\u0000'));

const compare: { readonly [operator: string]: (a: number, b: number) => boolean } = {
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};
const clipped = (value: number): number => Math.min(Number.MAX_VALUE, value);

const metricCase = fc
  .record({
    key: fc.constantFrom('acc', 'loss'),
    operator: fc.constantFrom(...Object.keys(compare)),
    value: fc.constantFrom(-1.5, 0, 0.25, 0.5, 1),
  })
  .map(
    ({ key, operator, value }): Case => ({
      text: `metrics.${key} ${operator} ${value}`,
      test: ({ metrics }) => {
        const own = metrics[key];
        // NaN is no number: nothing is said of it, not even that it differs.
        if (own === undefined) return false;
        return compare[operator]?.(clipped(own), value) === true;
      },
    }),
  );
const entryCase = fc
  .record({
    where: fc.constantFrom('params' as const, 'tags' as const),
    key: fc.constantFrom('lr', 'team'),
    value: fc.constantFrom(...plain),
    same: fc.boolean(),
  })
  .map(
    ({ where, key, value, same }): Case => ({
      text: `${where}.${key} ${same ? '=' : '!='} ${quoted(value)}`,
      test: (row) => row[where][key] !== undefined && (row[where][key] === value) === same,
    }),
  );
const statusCase = fc
  .constantFrom('RUNNING', 'FINISHED', 'FAILED')
  .map((status): Case => ({ text: `status = '${status}'`, test: (row) => row.status === status }));
const timeCase = fc
  .record({
    operator: fc.constantFrom(...Object.keys(compare)),
    value: fc.integer({ min: 0, max: 6 }),
  })
  .map(
    ({ operator, value }): Case => ({
      text: `start_time ${operator} ${value}`,
      test: ({ start }) => compare[operator]?.(start, value) === true,
    }),
  );
const oneCase = fc.oneof(metricCase, entryCase, statusCase, timeCase);
const joined = (cases: readonly Case[], word: 'AND' | 'OR'): Case => ({
  text: cases.map(({ text }) => text).join(` ${word} `),
  test: (row) =>
    word === 'AND' ? cases.every(({ test }) => test(row)) : cases.some(({ test }) => test(row)),
});
const anyCase: fc.Arbitrary<Case> = fc.oneof(
  fc.constant({ text: '', test: () => true }),
  oneCase,
  fc.array(oneCase, { minLength: 2, maxLength: 3 }).map((cases) => joined(cases, 'AND')),
  fc.array(oneCase, { minLength: 2, maxLength: 3 }).map((cases) => joined(cases, 'OR')),
  oneCase.map(({ text, test }) => ({ text: `NOT ${text}`, test: (row: Row) => !test(row) })),
);

interface Ordered {
  readonly clauses: readonly string[];
  readonly compare: (a: Row, b: Row) => number;
}

const read: { readonly [clause: string]: (row: Row) => number | string | undefined } = {
  'metrics.acc': ({ metrics }) => {
    const { acc } = metrics;
    return acc === undefined ? undefined : clipped(acc);
  },
  'params.lr': ({ params }) => params.lr,
  'tags.team': ({ tags }) => tags.team,
  status: ({ status }) => status,
  end_time: ({ status, start }) => (status === 'RUNNING' ? undefined : start + 7),
  start_time: ({ start }) => start,
};
const anyOrder: fc.Arbitrary<Ordered> = fc.oneof(
  fc.constant({ clauses: [], compare: byStart }),
  fc
    .record({ clause: fc.constantFrom(...Object.keys(read)), ascending: fc.boolean() })
    .map(({ clause, ascending }) => ({
      clauses: [`${clause} ${ascending ? 'ASC' : 'DESC'}`],
      compare: byValue(read[clause] ?? (() => undefined), ascending),
    })),
);

const anySpec: fc.Arbitrary<Spec> = fc.record({
  start: fc.integer({ min: 0, max: 6 }),
  metrics: fc.dictionary(fc.constantFrom('acc', 'loss'), fc.constantFrom(...numbers)),
  params: fc.dictionary(fc.constantFrom('lr', 'team'), fc.constantFrom(...texts)),
  tags: fc.dictionary(fc.constantFrom('lr', 'team'), fc.constantFrom(...texts)),
  status: fc.constantFrom('RUNNING', 'FINISHED', 'FAILED'),
  deleted: fc.boolean(),
});

const VIEWS: { readonly [view in RunView]: (row: Row) => boolean } = {
  active: ({ deleted }) => !deleted,
  deleted: ({ deleted }) => deleted,
  all: () => true,
};

describe('a search', () => {
  it('finds what it is asked for, in order and page by page, settled or just written', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anySpec, { maxLength: 12 }),
        fc.array(anySpec, { maxLength: 5 }),
        fc.array(
          fc.record({
            asked: anyCase,
            order: anyOrder,
            view: fc.constantFrom<RunView>('active', 'active', 'deleted', 'all'),
            limit: fc.constantFrom(1, 2, 3, 1_000),
          }),
          { minLength: 8, maxLength: 8 },
        ),
        async (settled, lagging, questions) => {
          const experiments = [await newExperiment(shop), await newExperiment(shop)] as const;
          const rows: Row[] = [];
          const addAll = async (specs: readonly Spec[]) => {
            for (const [at, spec] of specs.entries()) {
              const id = await add(experiments[at % 2 === 0 ? 0 : 1], spec);
              rows.push({ ...spec, id });
            }
          };
          await addAll(settled);
          await settle();
          await addAll(lagging);

          for (const { asked, order, view, limit } of questions) {
            const ids = await found(experiments, {
              filter: asked.text,
              orderBy: order.clauses,
              view,
              limit,
            });

            const expected = rows
              .filter((row) => VIEWS[view](row) && asked.test(row))
              .sort(order.compare)
              .map(({ id }) => id);
            expect({ asked: asked.text, order: order.clauses, view, ids }).toEqual({
              asked: asked.text,
              order: order.clauses,
              view,
              ids: expected,
            });
          }
        },
      ),
      { numRuns: process.env.FULL === '1' ? 200 : 25 },
    );
  }, 600_000);
});

describe('what changes after it was settled', () => {
  it('is seen at once, and after the next sweep too', async () => {
    const experimentId = await newExperiment(shop);
    const spec: Spec = {
      start: 1,
      metrics: { acc: 0.5 },
      params: { lr: '1' },
      tags: { team: 'a' },
      status: 'RUNNING',
      deleted: false,
    };
    const [first = '', second = ''] = [
      await add(experimentId, spec),
      await add(experimentId, { ...spec, start: 2 }),
    ];
    await settle();
    const metrics = [{ key: 'acc', value: 0.9, step: 1n, timestamp: 2n }];
    await logBatch(shop.alice, { runId: first, metrics, params: [], tags: [] });
    await setTags(shop.alice, { runId: first, tags: [{ key: 'team', value: 'b' }] });
    await deleteTag(shop.alice, { runId: second, key: 'team' });

    const check = async () => {
      expect(await found([experimentId], { filter: 'metrics.acc > 0.8' })).toEqual([first]);
      expect(await found([experimentId], { filter: 'metrics.acc = 0.5' })).toEqual([second]);
      expect(await found([experimentId], { filter: "tags.team = 'a'" })).toEqual([]);
      expect(await found([experimentId], { filter: "tags.team = 'b'" })).toEqual([first]);
      expect(await found([experimentId], { filter: 'tags.team IS NULL' })).toEqual([second]);
      expect(await found([experimentId], { orderBy: ['metrics.acc DESC'] })).toEqual([
        first,
        second,
      ]);
    };
    await check();
    await settle();
    await check();
    await deleteRun(shop.alice, first);
    expect(await found([experimentId], {})).toEqual([second]);
    await settle();
    expect(await found([experimentId], {})).toEqual([second]);
    expect(await found([experimentId], { view: 'deleted' })).toEqual([first]);
    await restoreRun(shop.alice, first);
    expect(await found([experimentId], { filter: 'metrics.acc > 0.8' })).toEqual([first]);
    await settle();
    expect(await found([experimentId], { filter: 'metrics.acc > 0.8' })).toEqual([first]);
    expect(await found([experimentId], { view: 'deleted' })).toEqual([]);
  });

  it('leaves nothing in the index that is no more so', async () => {
    const experimentId = await newExperiment(shop);
    const tags: Record<string, string> = {};
    for (let n = 0; n < 20; n += 1) tags[`t${n}`] = `${n}`;
    const id = await add(experimentId, {
      start: 1,
      metrics: { acc: 1 },
      params: {},
      tags,
      status: 'FINISHED',
      deleted: false,
    });
    await settle();
    for (const key of Object.keys(tags)) await deleteTag(shop.alice, { runId: id, key });
    await settle();

    const left = await Promise.all(
      Object.keys(tags).map((key) =>
        shop.platform.table.query({ pk: `RUN#EXP#${experimentId}#A0#T#${key}` }),
      ),
    );
    expect(left.flatMap(({ items }) => items)).toEqual([]);
    expect((await shop.platform.table.query({ pk: `RUN#EXP#${experimentId}#LAG0` })).items).toEqual(
      [],
    );
  });
});

describe('whoever may not see an experiment', () => {
  it('finds no runs of it, and only its own where it asks for several', async () => {
    const experimentId = await newExperiment(shop);
    const run = await add(experimentId, {
      start: 1,
      metrics: {},
      params: {},
      tags: {},
      status: 'RUNNING',
      deleted: false,
    });
    const ask = {
      experimentIds: [experimentId, 4711],
      orderBy: [],
      view: 'all',
      limit: 5,
    } as const;

    const page = await searchRuns(shop.carol, { ...ask, filter: '' });
    const named = await searchRuns(shop.carol, { ...ask, filter: `run_id = '${run}'` });

    expect([page, named]).toEqual([{ runs: [] }, { runs: [] }]);
    const mine: readonly RunDetail[] = (await searchRuns(shop.bob, { ...ask, filter: '' })).runs;
    expect(mine.map((detail) => detail.run.id)).toEqual([run]);
  });
});
