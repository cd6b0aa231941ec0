import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { computeExposures, computeMetric } from '#domain/abtests/results/index.ts';
import type { ExperimentWindow } from '#domain/abtests/results/window.ts';
import type { Context } from '#kernel/context.ts';
import { type TestApp, testApp } from '../../../../support/app.ts';
import {
  type Happening,
  type WarehouseTools,
  warehouseTools,
} from '../../../../support/warehouse.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 5, 1);
let app: TestApp;
let tools: WarehouseTools;
let ctx: Context;
let group = 1;

beforeAll(() => {
  app = testApp();
  tools = warehouseTools(app.platform.blobs);
  ctx = { ...app.system, warehouse: tools.warehouse };
});
afterAll(async () => {
  await tools.close();
  await app.close();
});

let count = 0;
/** An event so many hours after the start. */
const at = (
  hours: number,
  id: string,
  event: string,
  properties: Happening['properties'] = {},
): Happening => {
  count += 1;
  return {
    uuid: `u${String(count).padStart(6, '0')}`,
    event,
    id,
    ts: START + hours * HOUR,
    properties,
  };
};
const sees = (hours: number, id: string, variant: string, more: object = {}): Happening =>
  at(hours, id, '$feature_flag_called', {
    ...{ $feature_flag: 'flag', $feature_flag_response: variant },
    ...more,
  });

const EXPOSURE = {
  filterTestAccounts: false,
  multipleVariants: 'exclude' as const,
  event: '$feature_flag_called',
  properties: [],
};
const windowOf = (more: Partial<ExperimentWindow> = {}): ExperimentWindow => ({
  groupId: group,
  flagKey: 'flag',
  variants: ['control', 'test'],
  baseline: 'control',
  startDate: START,
  endDate: START + 10 * DAY,
  asOf: START + 100 * DAY,
  timezone: 'UTC',
  exposure: EXPOSURE,
  ...more,
});

const events = (event: string | null, more: object = {}) => ({
  kind: 'EventsNode',
  event,
  ...more,
});
const mean = (source: object, more: object = {}) => ({
  ...{ kind: 'ExperimentMetric', metric_type: 'mean', source },
  ...more,
});
const funnel = (series: readonly object[], more: object = {}) => ({
  ...{ kind: 'ExperimentMetric', metric_type: 'funnel', series },
  ...more,
});
const amount = events('buy', { math: 'sum', math_property: 'amount' });

async function sumsOf(
  happenings: readonly Happening[],
  metric: object,
  more: Partial<ExperimentWindow> = {},
) {
  group += 1;
  await tools.store(group, happenings, 'one');
  const { variants } = await computeMetric(ctx, {
    window: windowOf(more),
    metric: metric as { readonly [name: string]: unknown },
  });
  return Object.fromEntries(variants.map(({ key, sums }) => [key, sums]));
}

describe('exposure', () => {
  const buys = mean(events('buy'));

  it('is the first event of the flag in the time of the experiment, both ends included', async () => {
    const happenings = [
      sees(-1, 'early', 'test'),
      sees(0, 'first', 'test'),
      sees(240, 'last', 'test'),
      sees(240.1, 'late', 'test'),
      sees(1, 'other', 'test', { $feature_flag: 'another' }),
      sees(1, 'none', 'false'),
    ];

    const sums = await sumsOf(happenings, buys);

    expect(sums).toMatchObject({ control: { n: 0, sum: 0 }, test: { n: 2, sum: 0 } });
  });

  it('to several variants leaves somebody out, or counts for the first of them', async () => {
    const happenings = [
      sees(5, 'a', 'control'),
      sees(2, 'a', 'test'),
      sees(3, 'b', 'control'),
      at(6, 'a', 'buy'),
    ];
    const exposure = { ...EXPOSURE, multipleVariants: 'first_seen' as const };

    const excluded = await sumsOf(happenings, buys);
    const first = await sumsOf(happenings, buys, { exposure });

    expect(excluded).toMatchObject({ control: { n: 1, sum: 0 }, test: { n: 0 } });
    expect(first).toMatchObject({ control: { n: 1, sum: 0 }, test: { n: 1, sum: 1 } });
  });

  it('may be an event of its own, which names the variant under the flag', async () => {
    const happenings = [
      at(1, 'a', 'opened', { '$feature/flag': 'test', page: '/buy' }),
      at(1, 'b', 'opened', { '$feature/flag': 'test', page: '/' }),
      sees(1, 'c', 'test'),
    ];
    const exposure = {
      ...EXPOSURE,
      event: 'opened',
      properties: [{ key: 'page', value: '/buy', operator: 'exact' }],
    };

    const sums = await sumsOf(happenings, buys, { exposure });

    expect(sums).toMatchObject({ test: { n: 1 } });
  });

  it("leaves out the project's own people where the criteria ask for it", async () => {
    const happenings = [
      sees(1, 'a', 'test', { email: 'a@own.example' }),
      sees(1, 'b', 'test', { email: 'b@other.example' }),
    ];
    const testAccountFilters = [{ key: 'email', value: '@own.example', operator: 'not_icontains' }];
    const exposure = { ...EXPOSURE, filterTestAccounts: true };

    const all = await sumsOf(happenings, buys, { testAccountFilters });
    const filtered = await sumsOf(happenings, buys, { testAccountFilters, exposure });

    expect([all.test?.n, filtered.test?.n]).toEqual([2, 1]);
  });

  it('knows those who were held out as a variant, and leaves excluded variants out', async () => {
    const happenings = [
      sees(1, 'a', 'holdout-4'),
      sees(1, 'b', 'third'),
      sees(1, 'c', 'third'),
      sees(2, 'c', 'control'),
    ];

    const sums = await sumsOf(happenings, buys, {
      variants: ['control', 'test', 'third'],
      holdoutVariant: 'holdout-4',
      excludedVariants: ['third'],
    });

    // Whoever saw an excluded variant, too, is no clean case of the other.
    expect(sums).toMatchObject({ control: { n: 0 }, test: { n: 0 }, 'holdout-4': { n: 1 } });
    expect(Object.keys(sums)).not.toContain('third');
  });

  it('counts only after the time to convert is over, if only matured people are asked for', async () => {
    const happenings = [sees(192, 'just', 'test'), sees(192.001, 'not yet', 'test')];
    const metric = mean(events('buy'), { conversion_window: 2, conversion_window_unit: 'day' });
    const asOf = START + 10 * DAY;

    const all = await sumsOf(happenings, metric, { asOf });
    const matured = await sumsOf(happenings, metric, { asOf, onlyCountMaturedUsers: true });

    expect([all.test?.n, matured.test?.n]).toEqual([2, 1]);
  });

  it("is counted by days of the project's time zone, and adds up", async () => {
    group += 1;
    // In Auckland, twelve hours ahead, the second is the third day's.
    await tools.store(
      group,
      [
        sees(1, 'a', 'test'),
        sees(37, 'b', 'test'),
        sees(38, 'c', 'control'),
        sees(2, 'd', 'test'),
        sees(3, 'd', 'control'),
      ],
      'one',
    );
    const window = windowOf({ timezone: 'Pacific/Auckland', endDate: START + 3 * DAY });

    const exposures = await computeExposures(ctx, window);

    expect(exposures).toEqual({
      days: ['2026-06-01', '2026-06-02', '2026-06-03', '2026-06-04'],
      variants: [
        { key: 'control', counts: [0, 0, 1, 1], total: 1 },
        { key: 'test', counts: [1, 1, 2, 2], total: 2 },
        { key: '$multiple', counts: [1, 1, 1, 1], total: 1 },
      ],
    });
  });
});

describe('a filter', () => {
  const VALUES = [
    1,
    '1',
    'One',
    true,
    null,
    undefined,
    [1],
    2.5,
    '2026-01-02',
    '2026-01-02T03:00:00+04:00',
  ];

  it.each<[string, unknown, readonly unknown[]]>([
    ['exact', '1', [1, '1']],
    ['exact', 1, [1, '1', true]],
    ['exact', ['One', 'true'], ['One', true]],
    ['exact', [], []],
    [
      'is_not',
      ['1', 'One', 2.5],
      [true, null, undefined, [1], '2026-01-02', '2026-01-02T03:00:00+04:00'],
    ],
    ['icontains', 'ONE', ['One']],
    ['not_icontains', '2', [1, '1', 'One', true, null, undefined, [1]]],
    ['regex', '^[oO]ne$|^2\\.5$', ['One', 2.5]],
    ['not_regex', '\\d', ['One', true, null, undefined]],
    ['gt', 1, [2.5]],
    ['gte', '1', [1, '1', true, 2.5]],
    ['lt', 2.5, [1, '1', true]],
    ['lte', 2.5, [1, '1', true, 2.5]],
    ['gt', 'many', []],
    [
      'is_set',
      'is_set',
      [1, '1', 'One', true, [1], 2.5, '2026-01-02', '2026-01-02T03:00:00+04:00'],
    ],
    ['is_not_set', undefined, [null, undefined]],
    ['is_date_after', '2026-01-01T23:30:00', ['2026-01-02']],
    ['is_date_before', '2026-01-02', ['2026-01-02T03:00:00+04:00']],
  ])('of the kind %s with %j takes what it says', async (operator, value, expected) => {
    const happenings = VALUES.flatMap((own, n) => [
      sees(0, `p${n}`, 'test'),
      at(1, `p${n}`, 'buy', { own, amount: 2 ** n }),
    ]);
    const properties = [{ key: 'own', operator, ...(value === undefined ? {} : { value }) }];

    const sums = await sumsOf(happenings, mean({ ...amount, properties }));

    const passed = VALUES.filter((_, n) => ((sums.test?.sum ?? 0) & (2 ** n)) !== 0);
    expect(passed).toEqual(expected);
  });
});

describe('a mean', () => {
  it('takes what happened from the first exposure on, within the window', async () => {
    const happenings = [
      at(1, 'a', 'buy', { amount: 100 }),
      sees(2, 'a', 'test'),
      at(2, 'a', 'buy', { amount: 1 }),
      at(25.9, 'a', 'buy', { amount: 10 }),
      at(26, 'a', 'buy', { amount: 1000 }),
    ];
    const window = { conversion_window: 1, conversion_window_unit: 'day' };

    const open = await sumsOf(happenings, mean(amount));
    const bounded = await sumsOf(happenings, mean(amount, window));

    expect([open.test?.sum, bounded.test?.sum]).toEqual([1011, 11]);
  });

  it('takes what comes after the end within the window, and nothing without one', async () => {
    const happenings = [sees(239, 'a', 'test'), at(241, 'a', 'buy', { amount: 5 })];
    const window = { conversion_window: 1, conversion_window_unit: 'day' };

    const open = await sumsOf(happenings, mean(amount));
    const bounded = await sumsOf(happenings, mean(amount, window));
    const yet = await sumsOf(happenings, mean(amount, window), { asOf: START + 240.5 * HOUR });

    expect([open.test?.sum, bounded.test?.sum, yet.test?.sum]).toEqual([0, 5, 0]);
  });

  it.each([
    ['total', 6],
    ['sum', 9.5],
    ['avg', 2.375],
    ['min', -2],
    ['max', 7.5],
    ['dau', 1],
    ['unique_session', 2],
  ])('has the math %s', async (math, expected) => {
    const happenings = [
      sees(0, 'a', 'test'),
      ...[3, '7.5', true, -2, 'many', { of: 1 }].map((value, index) =>
        at(1, 'a', 'buy', { amount: value, $session_id: `s${index % 2}` }),
      ),
    ];
    const source = events('buy', { math, math_property: 'amount' });

    const sums = await sumsOf(happenings, mean(source));

    expect(sums.test?.sum).toBe(expected);
  });

  const hundred = Array.from({ length: 100 }, (_, n) => [
    sees(0, `p${n}`, n % 2 === 0 ? 'control' : 'test'),
    ...(n < 50 ? [] : [at(1, `p${n}`, 'buy', { amount: n })]),
  ]).flat();

  it.each([
    ['the upper bound', { upper_bound_percentile: 0.909 }, 90],
    ['an upper bound of all', { upper_bound_percentile: 1 }, 99],
    ['an upper bound without zeros', { upper_bound_percentile: 0.5, ignore_zeros: true }, 75],
    ['an upper bound with zeros', { upper_bound_percentile: 0.4 }, 0],
  ])('clamps to %s, taken of all variants', async (_, bounds, most) => {
    const sums = await sumsOf(hundred, mean(amount, bounds));

    const tests = Array.from({ length: 25 }, (__, n) => Math.min(51 + 2 * n, most));
    expect(sums.test?.sum).toBe(tests.reduce((a, b) => a + b, 0));
  });

  it('clamps to a lower bound, zeros among what it is taken of', async () => {
    const bounds = { lower_bound_percentile: 0.6, ignore_zeros: true };

    const sums = await sumsOf(hundred, mean(amount, bounds));

    const tests = Array.from({ length: 50 }, (_, n) => Math.max(2 * n + 1, 60));
    expect(sums.test?.sum).toBe(tests.reduce((a, b) => a + b, 0));
  });

  it('with a threshold counts those who reach it', async () => {
    const sums = await sumsOf(hundred, mean(amount, { threshold: 95 }));

    expect(sums).toMatchObject({ control: { n: 50, sum: 2 }, test: { n: 50, sum: 3 } });
  });

  it('has the days before the first exposure as its covariate', async () => {
    const happenings = [
      at(-49, 'a', 'buy', { amount: 1000 }),
      at(-48, 'a', 'buy', { amount: 7 }),
      sees(0, 'a', 'test'),
      at(0, 'a', 'buy', { amount: 2 }),
      sees(0, 'b', 'test'),
    ];

    const sums = await sumsOf(happenings, mean(amount), { lookbackDays: 2 });

    expect(sums.test).toEqual({
      ...{ n: 2, sum: 2, sumSquares: 4 },
      ...{ covariateSum: 7, covariateSumSquares: 49, covariateSumProduct: 14 },
    });
  });

  it('keeps the spread of large values', async () => {
    group += 1;
    const values = [0, 1, 2, 3].map((more) => 1e9 + more);
    const happenings = values.flatMap((value, n) => [
      sees(0, `p${n}`, 'test'),
      at(1, `p${n}`, 'buy', { amount: value }),
    ]);
    await tools.store(group, happenings, 'one');

    const { variants } = await computeMetric(ctx, { window: windowOf(), metric: mean(amount) });

    const [, test] = variants;
    expect(test?.centred).toEqual({ n: 4, mean: 1e9 + 1.5, squares: 5 });
  });

  it('counts numbers that are too large for sums as none', async () => {
    const happenings = [
      sees(0, 'a', 'test'),
      at(1, 'a', 'buy', { amount: 1e300 }),
      at(1, 'a', 'buy', { amount: '9'.repeat(400) }),
      at(1, 'a', 'buy', { amount: 4 }),
    ];

    const sums = await sumsOf(happenings, mean(amount));

    expect(sums.test).toEqual({ n: 1, sum: 4, sumSquares: 16 });
  });
});

describe('a funnel', () => {
  const steps = [events('view'), events('cart'), events('buy')];
  const happenings = [
    sees(1, 'all', 'test'),
    at(2, 'all', 'view'),
    at(3, 'all', 'cart'),
    at(4, 'all', 'buy'),
    sees(1, 'mixed', 'test'),
    at(2, 'mixed', 'cart'),
    at(3, 'mixed', 'view'),
    at(4, 'mixed', 'buy'),
    sees(1, 'slow', 'test'),
    at(2, 'slow', 'view'),
    at(3, 'slow', 'cart'),
    at(26, 'slow', 'buy'),
    sees(1, 'none', 'test'),
    at(0.5, 'none', 'view'),
  ];

  it('in order takes one step after the other', async () => {
    const sums = await sumsOf(happenings, funnel(steps, { funnel_order_type: 'ordered' }));

    expect(sums.test).toEqual({ n: 4, sum: 2, sumSquares: 2, stepCounts: [3, 2, 2] });
  });

  it('without order takes all steps, whichever came first', async () => {
    const sums = await sumsOf(happenings, funnel(steps, { funnel_order_type: 'unordered' }));

    expect(sums.test).toEqual({ n: 4, sum: 3, sumSquares: 3, stepCounts: [3, 3, 3] });
  });

  it('ends with its window, counted from the first exposure', async () => {
    const window = { conversion_window: 25, conversion_window_unit: 'hour' };

    const sums = await sumsOf(happenings, funnel(steps, window));

    expect(sums.test).toEqual({ n: 4, sum: 1, sumSquares: 1, stepCounts: [3, 2, 1] });
  });

  it('takes no event for two steps, and none at the same time for too early', async () => {
    const both = [events('view'), events('view')];
    const once = [sees(1, 'a', 'test'), at(1, 'a', 'view')];
    const twice = [...once, at(1, 'a', 'view')];

    const [one, two] = [await sumsOf(once, funnel(both)), await sumsOf(twice, funnel(both))];

    expect([one.test?.sum, two.test?.sum]).toEqual([0, 1]);
  });

  it('takes the exposure for no step', async () => {
    const exposure = { ...EXPOSURE, event: 'view' };
    const seen = [at(1, 'a', 'view', { '$feature/flag': 'test' })];
    const again = [...seen, at(2, 'a', 'view')];

    const one = await sumsOf(seen, funnel([events('view')]), { exposure });
    const two = await sumsOf(again, funnel([events('view')]), { exposure });

    expect([one.test?.sum, two.test?.sum]).toEqual([0, 1]);
  });

  it('has the last step before the exposure as its covariate', async () => {
    const before = [...happenings, at(-1, 'none', 'buy'), at(-2, 'none', 'buy')];

    const sums = await sumsOf(before, funnel(steps), { lookbackDays: 1 });

    expect(sums.test).toMatchObject({
      covariateSum: 1,
      covariateSumSquares: 1,
      covariateSumProduct: 0,
    });
  });
});

describe('a ratio', () => {
  it('has the sums of both, and of their products', async () => {
    const happenings = [
      sees(0, 'a', 'test'),
      ...[3, 4].map((value) => at(1, 'a', 'buy', { amount: value })),
      sees(0, 'b', 'test'),
      at(1, 'b', 'buy', { amount: 5 }),
      sees(0, 'c', 'test'),
    ];
    const metric = {
      ...{ kind: 'ExperimentMetric', metric_type: 'ratio' },
      ...{ numerator: amount, denominator: events('buy') },
    };

    const sums = await sumsOf(happenings, metric);

    expect(sums.test).toEqual({
      ...{ n: 3, sum: 12, sumSquares: 74 },
      ...{ denominatorSum: 3, denominatorSumSquares: 5, numeratorDenominatorSumProduct: 19 },
    });
  });
});

describe('retention', () => {
  const metric = (more: object = {}) => ({
    ...{ kind: 'ExperimentMetric', metric_type: 'retention' },
    ...{ start_event: events('open'), completion_event: events('open') },
    ...{ retention_window_start: 1, retention_window_end: 1, retention_window_unit: 'day' },
    ...{ start_handling: 'first_seen', ...more },
  });
  const happenings = [
    sees(0, 'back', 'test'),
    at(23, 'back', 'open'),
    at(25, 'back', 'open'),
    sees(0, 'same day', 'test'),
    at(1, 'same day', 'open'),
    at(22, 'same day', 'open'),
    sees(0, 'too late', 'test'),
    at(1, 'too late', 'open'),
    at(49, 'too late', 'open'),
    sees(0, 'never began', 'test'),
    at(-1, 'never began', 'open'),
  ];

  it('is of those who began, and of days as clocks show them', async () => {
    const sums = await sumsOf(happenings, metric());

    expect(sums.test).toEqual({
      ...{ n: 3, sum: 1, sumSquares: 1 },
      ...{ denominatorSum: 3, denominatorSumSquares: 3, numeratorDenominatorSumProduct: 1 },
    });
  });

  it("goes by the project's clocks", async () => {
    // Two hours ahead of UTC all of the first is on the next day there.
    const sums = await sumsOf(happenings, metric(), { timezone: 'Europe/Berlin' });

    expect(sums.test).toMatchObject({ n: 3, sum: 1 });
  });

  it('never takes the event that it began with, also for the last of them', async () => {
    const zero = { retention_window_start: 0, retention_window_end: 0 };

    const first = await sumsOf(happenings, metric(zero));
    const last = await sumsOf(happenings, metric({ ...zero, start_handling: 'last_seen' }));

    expect([first.test?.sum, last.test?.sum]).toEqual([1, 0]);
  });

  it('may begin with the exposure', async () => {
    const exposed = { start_event: { kind: 'ExperimentExposureNode' } };

    const sums = await sumsOf(happenings, metric(exposed));

    expect(sums.test).toMatchObject({ n: 4, sum: 1 });
  });

  it('of hours and shorter units ends with its window', async () => {
    const hours = {
      retention_window_start: 2,
      retention_window_end: 21,
      retention_window_unit: 'hour',
    };
    const minutes = {
      retention_window_start: 1,
      retention_window_end: 120,
      retention_window_unit: 'minute',
    };

    const [long, short] = [
      await sumsOf(happenings, metric(hours)),
      await sumsOf(happenings, metric(minutes)),
    ];

    expect([long.test?.sum, short.test?.sum]).toEqual([2, 1]);
  });
});

describe('persons and copies', () => {
  it('count what somebody did under several ids as one', async () => {
    group += 1;
    const happenings = [
      sees(0, 'anonymous', 'test'),
      at(1, 'known', 'buy'),
      at(2, 'third id', 'buy'),
    ];
    await tools.store(group, happenings, 'one');
    await tools.merge(group, [
      ['known', 'anonymous'],
      ['known', 'third id'],
    ]);

    const { variants } = await computeMetric(ctx, {
      window: windowOf(),
      metric: mean(events('buy')),
    });

    expect(variants.map(({ sums }) => [sums.n, sums.sum])).toEqual([
      [0, 0],
      [1, 2],
    ]);
  });

  it('count an event once, however often and late it came, as it came first', async () => {
    group += 1;
    const bought = at(1, 'a', 'buy', { amount: 3 });
    await tools.store(group, [sees(0, 'a', 'test'), bought], 'one');
    await tools.compact(group);
    await tools.store(
      group,
      [{ ...bought, received: bought.ts + 9, properties: { amount: 50 } }],
      'again',
    );
    await tools.store(group, [at(1, 'a', 'buy', { amount: 4 })], 'late');

    const { variants } = await computeMetric(ctx, { window: windowOf(), metric: mean(amount) });

    expect(variants[1]?.sums).toEqual({ n: 1, sum: 7, sumSquares: 25 + 24 });
  });

  it('list objects again where one was put into another meanwhile', async () => {
    group += 1;
    await tools.store(group, [sees(0, 'a', 'test'), at(0.5, 'a', 'buy')], 'one');
    await tools.store(group, [at(0.6, 'a', 'buy')], 'two');
    let isFirst = true;
    const warehouse: Context['warehouse'] = {
      query: async (question) => {
        if (isFirst) await tools.compact(group);
        isFirst = false;
        return tools.warehouse.query(question);
      },
    };

    const { variants } = await computeMetric(
      { ...ctx, warehouse },
      { window: windowOf(), metric: mean(events('buy')) },
    );

    expect(variants[1]?.sums).toMatchObject({ n: 1, sum: 2 });
  });

  it('are of one group only, and of no one without events', async () => {
    await sumsOf([sees(0, 'a', 'test')], mean(events('buy')));
    group += 1;

    const { variants } = await computeMetric(ctx, {
      window: windowOf(),
      metric: mean(events('buy')),
    });

    expect(variants.map(({ sums }) => sums.n)).toEqual([0, 0]);
  });
});
