import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { computeMetric } from '#domain/abtests/results/index.ts';
import type { ExperimentWindow } from '#domain/abtests/results/window.ts';
import type { Context } from '#kernel/context.ts';
import { type TestApp, testApp } from '../../../../support/app.ts';
import {
  type Happening,
  type WarehouseTools,
  warehouseTools,
} from '../../../../support/warehouse.ts';

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

interface Names {
  readonly flag: string;
  readonly variant: string;
  readonly event: string;
  readonly key: string;
  readonly value: string;
  readonly id: string;
}

/** Somebody who does what everything is called, and somebody who does nothing of it. */
const world = ({ flag, variant, event, key, value, id }: Names): readonly Happening[] => [
  { uuid: 'a', event, id, ts: START, properties: { [`$feature/${flag}`]: variant } },
  { uuid: 'b', event, id: `${id}.`, ts: START + 1, properties: { [key]: value, amount: 5 } },
  { uuid: 'c', event: `${event}.`, id, ts: START + 1, properties: { [key]: value, amount: 70 } },
  { uuid: 'd', event, id, ts: START + 1, properties: { [`${key}.`]: value, amount: 900 } },
  { uuid: 'e', event, id, ts: START + 1, properties: { [key]: `${value}.`, amount: 11_000 } },
];

const windowOf = ({ flag, variant, event }: Names): ExperimentWindow => ({
  groupId: group,
  flagKey: flag,
  variants: [variant],
  baseline: variant,
  startDate: START,
  endDate: START + 1_000,
  asOf: START + 1_000,
  timezone: 'UTC',
  exposure: { filterTestAccounts: false, multipleVariants: 'exclude', event, properties: [] },
});

const metricOf = ({ event, key, value }: Names, more: object = {}) => ({
  ...{ kind: 'ExperimentMetric', metric_type: 'mean' },
  source: {
    ...{ kind: 'EventsNode', event, math: 'sum', math_property: 'amount' },
    properties: [{ key, value, operator: 'exact', ...more }],
  },
});

const NASTY = [
  "it's",
  "' OR TRUE --",
  "'); DROP TABLE events; --",
  '"quoted"',
  '$."a"[*]',
  'a/b~c~0~1',
  '*',
  '$$',
  '$1 ?1 :name %s {{x}}',
  'line\nbreak\ttab\u0001',
  'back\\slash\\',
  '/* comment */',
  '\u{1f600} ümläut \u202e',
  '0',
  ' ',
];

async function found(names: Names) {
  group += 1;
  await tools.store(group, world(names), 'one');
  // What is merged is as hostile as all else.
  await tools.merge(group, [[names.id, `${names.id}.`]]);
  const { variants } = await computeMetric(ctx, {
    window: windowOf(names),
    metric: metricOf(names),
  });
  return variants.map(({ sums }) => sums);
}

describe('names from outside', () => {
  it.each(NASTY)('are content and never a part of statements: %j', async (text) => {
    const names = { flag: text, variant: text, event: text, key: text, value: text, id: text };

    expect(await found(names)).toEqual([{ n: 1, sum: 5, sumSquares: 25 }]);
  });

  it('may be any texts', async () => {
    const piece = fc.oneof(
      fc.constantFrom(...NASTY, "'", '"', '\\', '/', '~', '$', '.', '*', '--'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
    );
    const text = fc
      .array(piece, { minLength: 1, maxLength: 4 })
      .map((all) => all.join('').replaceAll('\0', ''))
      .filter((all) => all !== '');
    const names = fc.record({
      ...{ flag: text, variant: text, event: text, key: text, value: text, id: text },
    });

    await fc.assert(
      fc.asyncProperty(names, async (all) => {
        fc.pre(!Object.hasOwn({ amount: 1, __proto__: 1 }, all.key) && all.key !== '__proto__');
        expect(await found(all)).toEqual([{ n: 1, sum: 5, sumSquares: 25 }]);
      }),
      { numRuns: 60 },
    );
  });
});

const NAMES = { flag: 'f', variant: 'v', event: 'e', key: 'k', value: 'x', id: 'i' };

describe('what is stored only', () => {
  const hogql = { ...metricOf(NAMES), source: { kind: 'EventsNode', event: 'e', math: 'hogql' } };
  const source = { kind: 'EventsNode', event: 'e' };
  const funnel = { kind: 'ExperimentMetric', metric_type: 'funnel' };
  const mean = { kind: 'ExperimentMetric', metric_type: 'mean', source };

  it.each<[string, object, Partial<ExperimentWindow>?]>([
    ['HogQL', hogql],
    ['actions', { ...mean, source: { kind: 'ActionsNode', id: 1 } }],
    [
      'data warehouse',
      {
        ...mean,
        source: {
          ...{ kind: 'ExperimentDataWarehouseNode', table_name: 't', timestamp_field: 'a' },
          ...{ events_join_key: 'a', data_warehouse_join_key: 'b' },
        },
      },
    ],
    ['Breakdowns', { ...mean, breakdownFilter: { breakdowns: [{ property: 'p' }] } }],
    ["type 'person'", metricOf(NAMES, { type: 'person' })],
    ["with 'semver_gt'", metricOf(NAMES, { operator: 'semver_gt' })],
    ['not a date', metricOf(NAMES, { operator: 'is_date_after', value: '-7d' })],
    ["math 'sum'", { ...mean, source: { ...source, math: 'sum' } }],
    ['sessions', { ...mean, source: { ...source, math_property_type: 'session_properties' } }],
    ['strict', { ...funnel, series: [source], funnel_order_type: 'strict' }],
    ['of a kind that cannot', { kind: 'ExperimentTrendsQuery' }],
    ['groups of people', mean, { groupTypeIndex: 0 }],
    ['Exposure by actions', mean, { exposure: undefined }],
    [
      'filters of test accounts',
      mean,
      {
        testAccountFilters: [{ value: 'no key' }],
        exposure: { ...windowOf(NAMES).exposure, filterTestAccounts: true } as never,
      },
    ],
  ])('is refused with the reason: %s', async (text, metric, more = {}) => {
    const asked = computeMetric(ctx, {
      window: { ...windowOf(NAMES), ...more },
      metric: metric as { readonly [name: string]: unknown },
    });

    await expect(asked).rejects.toMatchObject({
      ...{ code: 'invalid', reason: 'metric_not_computable' },
      message: expect.stringContaining(text),
    });
  });

  it('is nothing where there is no warehouse', async () => {
    const { warehouse: _, ...without } = ctx;

    const asked = computeMetric(without, { window: windowOf(NAMES), metric: mean });

    await expect(asked).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('takes a pattern that no engine knows for a mistake of its maker', async () => {
    group += 1;
    await tools.store(group, world(NAMES), 'one');

    const asked = computeMetric(ctx, {
      window: windowOf(NAMES),
      metric: metricOf(NAMES, { operator: 'regex', value: '(' }),
    });

    await expect(asked).rejects.toMatchObject({ reason: 'metric_not_computable' });
  });
});
