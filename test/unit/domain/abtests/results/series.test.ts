import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { statsSettingsOf } from '#domain/abtests/metrics/index.ts';
import {
  findResult,
  type ResultRequest,
  recalculate,
  runRecalculations,
  sweepRecalculations,
  timeseriesOf,
} from '#domain/abtests/results/index.ts';
import type { Context } from '#kernel/context.ts';
import { AppError, unavailable } from '#kernel/errors.ts';
import { type TestApp, testApp } from '../../../../support/app.ts';
import {
  type Happening,
  type WarehouseTools,
  warehouseTools,
} from '../../../../support/warehouse.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const GROUP = 5;
let app: TestApp;
let tools: WarehouseTools;
let ctx: Context;
let started: unknown[] = [];
/** A day begins with each test. */
let start = 0;

beforeAll(() => {
  app = testApp();
  tools = warehouseTools(app.platform.blobs);
});
beforeEach(async () => {
  await app.platform.reset();
  started = [];
  ctx = {
    ...app.system,
    warehouse: tools.warehouse,
    background: { start: async (...asked) => void started.push(asked) },
  };
  app.clock.advance(DAY - (ctx.clock.now() % DAY));
  start = ctx.clock.now();
});
afterAll(async () => {
  await tools.close();
  await app.close();
});

/** People of both variants, each of whom buys something a day later. */
const world = (days: number): readonly Happening[] =>
  Array.from({ length: days * 20 }, (_, n) => {
    const ts = start + Math.floor(n / 20) * DAY + ((n % 20) + 1) * 60_000;
    const $feature_flag_response = n % 2 === 0 ? 'control' : 'test';
    const own = { id: `p${n}`, properties: { $feature_flag: 'flag', $feature_flag_response } };
    return [
      { ...own, uuid: `s${n}`, event: '$feature_flag_called', ts },
      { ...own, uuid: `b${n}`, event: 'buy', ts: ts + DAY },
      ...(n % 3 === 0 ? [{ ...own, uuid: `c${n}`, event: 'rare', ts: ts + DAY }] : []),
    ];
  }).flat();

const requestOf = (more: Partial<ResultRequest['window']> = {}): ResultRequest => ({
  experimentId: 3,
  metricUuid: 'm1',
  fingerprint: 'f1',
  metric: {
    ...{ kind: 'ExperimentMetric', metric_type: 'mean' },
    source: { kind: 'EventsNode', event: 'buy' },
  },
  stats: statsSettingsOf({ method: 'frequentist' }),
  window: {
    ...{ groupId: GROUP, flagKey: 'flag', variants: ['control', 'test'], baseline: 'control' },
    ...{ startDate: start, endDate: start + 3 * DAY, asOf: start + 3 * DAY, timezone: 'UTC' },
    exposure: {
      ...{ filterTestAccounts: false, multipleVariants: 'exclude', properties: [] },
      event: '$feature_flag_called',
    },
    ...more,
  },
});
const place = { groupId: GROUP, experimentId: 3, fingerprint: 'f1' };
const question = (endDate: number | null = null) => ({
  ...place,
  ...{ metricUuid: 'm1', startDate: start, endDate, timezone: 'UTC' },
});
const counted = (series: Awaited<ReturnType<typeof timeseriesOf>>) =>
  [...series.days].map(([, analysis]) => analysis && [analysis.baseline.n, analysis.baseline.sum]);

describe('a series of results', () => {
  it('is worked out day by day in the background, each day as of its end', async () => {
    await tools.store(GROUP, world(4), 'one');
    app.clock.advance(2 * DAY + HOUR);
    const request = requestOf({ endDate: ctx.clock.now(), asOf: ctx.clock.now() });

    const first = await recalculate(ctx, request, { goesOn: true });
    const before = await timeseriesOf(ctx, question());
    const done = await runRecalculations(ctx);
    const after = await timeseriesOf(ctx, question());

    expect(first).toMatchObject({ isNew: true, recalculation: { status: 'pending' } });
    expect(started).toEqual([['recalculate', { task: 'recalculate' }]]);
    expect(before).toMatchObject({ status: 'pending', recalculation: { status: 'pending' } });
    expect([...before.days.values()]).toEqual([null, null, null]);
    expect(done).toBe(1);
    expect(after).toMatchObject({ status: 'completed', recalculation: { status: 'completed' } });
    expect(counted(after)).toEqual([
      [10, 0],
      [20, 10],
      [30, 20],
    ]);
    expect(after.computedOn).toBe(ctx.clock.now());
  });

  it('goes on where one is under way, and begins anew after it', async () => {
    await tools.store(GROUP, world(1), 'one');
    app.clock.advance(DAY);
    const first = await recalculate(ctx, requestOf(), { goesOn: false });

    const again = await recalculate(ctx, requestOf(), { goesOn: false });
    await runRecalculations(ctx);
    const anew = await recalculate(ctx, requestOf(), { goesOn: false });

    expect(again).toEqual({ ...first, isNew: false });
    expect(anew.isNew).toBe(true);
    expect(anew.recalculation.id).not.toBe(first.recalculation.id);
    expect(await timeseriesOf(ctx, question(start + 3 * DAY))).toMatchObject({ status: 'pending' });
  });

  it('is one, whoever asks for it at the same time', async () => {
    app.clock.advance(DAY);

    const all = await Promise.all(
      Array.from({ length: 5 }, () => recalculate(ctx, requestOf(), { goesOn: false })),
    );

    expect(new Set(all.map(({ recalculation }) => recalculation.id)).size).toBe(1);
    expect(all.filter(({ isNew }) => isNew)).toHaveLength(1);
  });

  it('tells what failed as a failure', async () => {
    app.clock.advance(2 * DAY);
    const metric = { ...requestOf().metric, source: { kind: 'ActionsNode', id: 4 } };

    await recalculate(ctx, { ...requestOf(), metric }, { goesOn: false });
    await runRecalculations(ctx);

    const series = await timeseriesOf(ctx, question());
    expect(series).toMatchObject({ status: 'failed', recalculation: { status: 'failed' } });
    expect([...series.errors.values()]).toEqual(
      Array(2).fill('Metrics of actions cannot be computed here; name events instead.'),
    );
  });

  it('is begun again after a store was out of reach, and goes on after the days that are there', async () => {
    await tools.store(GROUP, world(3), 'one');
    app.clock.advance(3 * DAY);
    let asked = 0;
    const flaky: Context = {
      ...ctx,
      warehouse: {
        query: async (all) => {
          asked += 1;
          if (asked === 2) throw unavailable('The store is out of reach.');
          return tools.warehouse.query(all);
        },
      },
    };
    await recalculate(flaky, requestOf(), { goesOn: false });

    await runRecalculations(flaky);
    const between = await timeseriesOf(ctx, question(start + 3 * DAY));
    app.clock.advance(61_000);
    const due = await sweepRecalculations(ctx);
    await runRecalculations(flaky);

    expect(between).toMatchObject({ status: 'partial', recalculation: { status: 'pending' } });
    expect(due).toBe(1);
    expect(asked).toBe(4);
    expect(await timeseriesOf(ctx, question(start + 3 * DAY))).toMatchObject({
      status: 'completed',
    });
    expect(await sweepRecalculations(ctx)).toBe(0);
  });

  it('is another worker’s once the first was not heard of for long', async () => {
    await tools.store(GROUP, world(1), 'one');
    app.clock.advance(DAY);
    await recalculate(ctx, requestOf(), { goesOn: false });
    const stops: Context = {
      ...ctx,
      warehouse: { query: () => new Promise(() => undefined) },
    };
    void runRecalculations(stops);
    await expect
      .poll(async () => (await timeseriesOf(ctx, question())).recalculation?.status)
      .toBe('in_progress');

    const meanwhile = await runRecalculations(ctx);
    app.clock.advance(17 * 60_000);
    const later = await runRecalculations(ctx);

    expect([meanwhile, later]).toEqual([0, 1]);
  });
});

describe('a result', () => {
  it('is kept for a while, and never shown without its time', async () => {
    await tools.store(GROUP, world(2), 'one');
    app.clock.advance(DAY + HOUR);
    const now = ctx.clock.now();
    const request = requestOf({ endDate: now, asOf: now });

    const first = await findResult(ctx, request);
    app.clock.advance(60_000);
    const kept = await findResult(ctx, request);
    const refreshed = await findResult(ctx, request, { refresh: true });
    app.clock.advance(10 * 60_000);
    const later = await findResult(
      ctx,
      requestOf({ endDate: ctx.clock.now(), asOf: ctx.clock.now() }),
    );

    expect(first).toMatchObject({ isCached: false, result: { computedOn: now, queryTo: now } });
    expect(kept).toEqual({ ...first, isCached: true });
    expect(refreshed).toMatchObject({ isCached: false, result: { computedOn: now + 60_000 } });
    expect(later.isCached).toBe(false);
    expect(first.result.analysis.baseline).toMatchObject({ key: 'control', n: 20, sum: 10 });
  });

  it.each([
    ['bayesian', {}],
    ['frequentist', {}],
    ['frequentist', { frequentist: { sequential_testing_enabled: true } }],
    ['bayesian', { cuped: { enabled: true } }],
  ])('by %s statistics and %o is kept as it was', async (method, more) => {
    await tools.store(GROUP, world(7), 'one');
    app.clock.advance(9 * DAY);
    const stats = statsSettingsOf({ method, ...more });
    const end = start + 8 * DAY;
    const cuped = 'cuped' in more ? { lookbackDays: 14 } : {};
    const source = { kind: 'EventsNode', event: 'rare' };
    const metric = { ...requestOf().metric, source };
    const request = { ...requestOf({ endDate: end, asOf: end, ...cuped }), stats, metric };

    const first = await findResult(ctx, request);
    const kept = await findResult(ctx, request);

    expect(kept).toEqual({ ...first, isCached: true });
    expect(first.result.analysis.variants[0]).toMatchObject({ key: 'test', n: 70 });
    expect(first.result.analysis.variants[0]?.statistics).toBeDefined();
  });

  it('of another fingerprint is another', async () => {
    await findResult(ctx, requestOf());

    const other = await findResult(ctx, { ...requestOf(), fingerprint: 'f2' });

    expect(other.isCached).toBe(false);
  });

  const failing = (error: unknown): Context => ({
    ...ctx,
    warehouse: { query: () => Promise.reject(error) },
  });
  const slow = () => new AppError('unavailable', 'Slow.', { reason: 'query_too_slow' });

  it('that fails is an error, and none is kept', async () => {
    const failed = findResult(failing(unavailable('Away.')), requestOf());

    await expect(failed).rejects.toMatchObject({ message: 'Away.' });
    expect(await findResult(ctx, requestOf())).toMatchObject({ isCached: false });
    expect(started).toEqual([]);
  });

  it('that takes longer than an answer is worked out in the background, once', async () => {
    await tools.store(GROUP, world(2), 'one');
    app.clock.advance(3 * DAY);
    const reasonOf = (asked: Promise<unknown>) => asked.catch((error: AppError) => error.reason);

    const first = await reasonOf(findResult(failing(slow()), requestOf()));
    const again = await reasonOf(findResult(ctx, requestOf()));
    const done = await runRecalculations(ctx);
    const found = await findResult(ctx, requestOf({ endDate: ctx.clock.now() }));
    app.clock.advance(50 * 60_000);
    const kept = await findResult(failing(slow()), requestOf());

    expect([first, again, done]).toEqual(['result_pending', 'result_pending', 1]);
    expect(started).toHaveLength(1);
    expect(found).toMatchObject({ isCached: true, result: { isHeavy: true } });
    expect(kept.result.analysis.baseline).toMatchObject({ n: 20, sum: 20 });
  });

  it('that is too much for the background, too, is a failure, for a while', async () => {
    app.clock.advance(3 * DAY);
    await findResult(failing(slow()), requestOf()).catch(() => undefined);
    await runRecalculations(failing(slow()));

    const failed = findResult(ctx, requestOf());

    await expect(failed).rejects.toMatchObject({ reason: 'result_failed', message: 'Slow.' });
    app.clock.advance(61 * 60_000);
    expect(await findResult(ctx, requestOf())).toMatchObject({ isCached: false });
  });

  it('is for those alone who may read the group', async () => {
    const stranger: Context = {
      ...ctx,
      actor: { kind: 'user', userId: 1, username: 'eve', memberships: new Map() },
    };

    const asked = [
      findResult(stranger, requestOf()),
      timeseriesOf(stranger, question()),
      recalculate(stranger, requestOf(), { goesOn: false }),
    ].map((each) => each.catch((error: AppError) => error.code));

    expect(await Promise.all(asked)).toEqual(['not_found', 'not_found', 'not_found']);
  });
});
