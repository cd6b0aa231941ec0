import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PropertyFilter } from '#domain/abtests/metrics/index.ts';
import { computeMetric } from '#domain/abtests/results/index.ts';
import type { ExperimentWindow } from '#domain/abtests/results/window.ts';
import type { Context } from '#kernel/context.ts';
import { type TestApp, testApp } from '../../../../support/app.ts';
import {
  type Happening,
  type WarehouseTools,
  warehouseTools,
} from '../../../../support/warehouse.ts';
import { reference } from './reference.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 2, 27, 12);
let app: TestApp;
let tools: WarehouseTools;
let ctx: Context;
let group = 100;

beforeAll(async () => {
  app = testApp();
  tools = warehouseTools(app.platform.blobs);
  ctx = { ...app.system, warehouse: tools.warehouse };
});
afterAll(async () => {
  await tools.close();
  await app.close();
});

const value = fc.oneof(
  fc.integer({ min: -3, max: 9 }),
  fc.constantFrom('7', '2.5', '-1e1', 'x', '', ' 3', true, false, null, 'NaN', '1_0', 'infinity'),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
);

/** Few people, few kinds of events and few times, so that all coincide often. */
const happening = fc
  .record({
    number: fc.nat({ max: 90 }),
    kind: fc.constantFrom('$feature_flag_called', 'buy', 'buy', 'view', 'view', 'own'),
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'a2', 'b2'),
    step: fc.integer({ min: -60, max: 150 }),
    late: fc.nat({ max: 2 }),
    variant: fc.constantFrom('control', 'control', 'test', 'test', 'third', 'holdout-1', 'none'),
    flag: fc.constantFrom('flag', 'flag', 'flag', 'other'),
    amount: value,
    session: fc.constantFrom('s1', 's2', '', undefined),
    color: fc.constantFrom('Red', 'green', 5, undefined),
  })
  .map(
    ({ number, kind, id, step, late, variant, flag, amount, session, color }): Happening => ({
      uuid: `u${number}`,
      event: kind,
      id,
      ts: START + step * HOUR,
      received: START + (step + late) * HOUR,
      properties: {
        ...(kind === '$feature_flag_called' && {
          ...{ $feature_flag: flag, $feature_flag_response: variant },
        }),
        ...(kind === 'own' && { '$feature/flag': variant }),
        ...{ amount, $session_id: session, color },
      },
    }),
  );

const variants = ['control', 'test', 'third', 'holdout-1'];
/** Most people see one variant alone, so that there is something to add up. */
const people = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'a2', 'b2'),
    variant: fc.constantFrom(...variants),
    step: fc.integer({ min: -10, max: 60 }),
  }),
  { selector: ({ id }) => id, maxLength: 14, minLength: 4, size: 'max' },
);
const first = people.map((all) =>
  all.map(({ id, variant, step }): Happening => {
    const flag = { $feature_flag: 'flag', $feature_flag_response: variant };
    const properties = { ...flag, '$feature/flag': variant, color: 'Red', amount: 4 };
    const ts = START + step * HOUR;
    return { uuid: `first ${id}`, event: '$feature_flag_called', id, ts, properties };
  }),
);
const later = fc.array(happening, { minLength: 10, maxLength: 70, size: 'max' });

/** The same uuid is the same time, as the system makes it; all else may differ. */
const happenings = fc.tuple(first, later).map(([exposures, others]) => {
  const times = new Map<string, number>();
  return [...exposures, ...others].map((event, index) => {
    const ts = times.get(event.uuid) ?? event.ts;
    times.set(event.uuid, ts);
    // Which of two with all the same times wins is nobody's business here.
    return { ...event, ts, received: (event.received ?? 0) + index };
  });
});

const filter = fc.constantFrom<PropertyFilter>(
  { key: 'color', value: ['Red', 5], operator: 'exact', type: 'event' },
  { key: 'color', value: 'red', operator: 'icontains' },
  { key: 'color', operator: 'is_set', value: 'is_set' },
  { key: 'color', value: ['green'], operator: 'is_not' },
  { key: 'color', value: 'e+d?$', operator: 'not_regex' },
  { key: 'amount', value: 2, operator: 'gte' },
  { key: 'amount', value: '3', operator: 'lt' },
);

const source = fc.record(
  {
    kind: fc.constant('EventsNode'),
    event: fc.constantFrom('buy', 'view', 'own', null),
    math: fc.constantFrom('total', 'sum', 'unique_session', 'dau', 'avg', 'min', 'max'),
    math_property: fc.constant('amount'),
    properties: fc.array(filter, { maxLength: 2 }),
  },
  { requiredKeys: ['kind', 'event', 'math_property'] },
);

const base = {
  kind: fc.constant('ExperimentMetric'),
  conversion_window: fc.constantFrom(1, 2, 24, 48),
  conversion_window_unit: fc.constantFrom('hour', 'day', 'minute'),
};
const level = fc.constantFrom(0, 0.1, 0.29, 0.5, 0.95, 1);
const OPTIONAL = ['conversion_window', 'conversion_window_unit'] as const;

const metrics = {
  mean: fc.record(
    {
      ...{ ...base, metric_type: fc.constant('mean'), source },
      lower_bound_percentile: level,
      upper_bound_percentile: level,
      ignore_zeros: fc.boolean(),
      threshold: fc.constantFrom(0, 1, 3),
    },
    { requiredKeys: ['kind', 'metric_type', 'source'] },
  ),
  funnel: fc.record(
    {
      ...{ ...base, metric_type: fc.constant('funnel') },
      series: fc.array(source, { minLength: 1, maxLength: 4 }),
      funnel_order_type: fc.constantFrom('ordered', 'unordered'),
    },
    { requiredKeys: ['kind', 'metric_type', 'series'] },
  ),
  ratio: fc.record(
    { ...base, metric_type: fc.constant('ratio'), numerator: source, denominator: source },
    { requiredKeys: ['kind', 'metric_type', 'numerator', 'denominator'] },
  ),
  retention: fc
    .record({
      ...{ ...base, metric_type: fc.constant('retention') },
      start_event: fc.oneof(source, fc.constant({ kind: 'ExperimentExposureNode' })),
      completion_event: source,
      retention_window_start: fc.nat({ max: 2 }),
      retention_window_end: fc.nat({ max: 4 }),
      retention_window_unit: fc.constantFrom('minute', 'hour', 'day', 'day', 'week', 'month'),
      start_handling: fc.constantFrom('first_seen', 'last_seen'),
      bounded: fc.boolean(),
    })
    .map(({ bounded, ...metric }) =>
      bounded
        ? metric
        : Object.fromEntries(
            Object.entries(metric).filter(
              ([name]) => !(OPTIONAL as readonly string[]).includes(name),
            ),
          ),
    ),
};

const exposure = fc.record({
  filterTestAccounts: fc.boolean(),
  multipleVariants: fc.constantFrom('exclude' as const, 'first_seen' as const),
  event: fc.constantFrom('$feature_flag_called', '$feature_flag_called', 'own'),
  properties: fc.array(filter, { maxLength: 1 }),
});

const window = fc
  .record({
    exposure,
    length: fc.constantFrom(24, 72, 120),
    known: fc.constantFrom(0, 24, 1_000),
    timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns'),
    holdoutVariant: fc.constantFrom(undefined, 'holdout-1'),
    excludedVariants: fc.constantFrom(undefined, ['third']),
    onlyCountMaturedUsers: fc.boolean(),
    lookbackDays: fc.constantFrom(undefined, 1, 14),
  })
  .map(
    ({ length, known, ...rest }): Omit<ExperimentWindow, 'groupId'> => ({
      ...rest,
      flagKey: 'flag',
      variants: ['control', 'test', 'third'],
      baseline: 'control',
      startDate: START,
      endDate: START + length * HOUR,
      asOf: START + (length + known) * HOUR,
      testAccountFilters: [{ key: 'color', value: ['green'], operator: 'is_not' }],
    }),
  );

const persons = new Map([
  ['a2', 'a'],
  ['b2', 'b'],
]);

describe('statements in SQL', () => {
  it.each(Object.entries(metrics))(
    'work a %s metric out as plain loops over the events do',
    async (_, metric) => {
      await fc.assert(
        fc.asyncProperty(
          happenings,
          metric as fc.Arbitrary<Record<string, unknown>>,
          window,
          fc.constantFrom('lines', 'several', 'packed'),
          async (events, doc, given, form) => {
            group += 1;
            const half = Math.floor(events.length / 2);
            await tools.store(group, form === 'several' ? events.slice(0, half) : events, 'one');
            if (form === 'packed') await tools.compact(group);
            if (form === 'several') await tools.store(group, events.slice(half), 'two');
            await tools.merge(
              group,
              [...persons].map(([other, id]) => [id, other] as const),
            );

            const found = await computeMetric(ctx, {
              window: { ...given, groupId: group },
              metric: doc,
            });

            const expected = reference(events, { ...given, groupId: group }, doc, persons);
            const sums = Object.fromEntries(found.variants.map((each) => [each.key, each.sums]));
            expect(rounded(sums)).toEqual(rounded(expected));
          },
        ),
        { numRuns: 40 },
      );
    },
    60_000,
  );
});

/** Sums in another order differ in their last digits. */
function rounded(whole: unknown): unknown {
  return JSON.parse(
    JSON.stringify(whole, (_, each) =>
      typeof each === 'number' ? Number(each.toPrecision(9)) : each,
    ),
  );
}
