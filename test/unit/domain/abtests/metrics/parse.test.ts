import { describe, expect, it } from 'vitest';
import {
  exposureOf,
  lookbackOf,
  parseExposureCriteria,
  parseMetric,
  parseMetrics,
  parseStatsConfig,
  statsSettingsOf,
} from '#domain/abtests/metrics/index.ts';
import { AppError } from '#kernel/errors.ts';

const source = { kind: 'EventsNode', event: 'buy', math: 'sum', math_property: 'amount' };
const mean = { kind: 'ExperimentMetric', metric_type: 'mean', source };
const retention = {
  ...{ kind: 'ExperimentMetric', metric_type: 'retention' },
  ...{ start_event: source, completion_event: source, start_handling: 'first_seen' },
  ...{ retention_window_start: 1, retention_window_end: 7, retention_window_unit: 'day' },
};

/** Field and text of a refusal. */
function refusal(act: () => unknown): readonly unknown[] {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return [error.code, error.detail.attr, error.message];
    throw error;
  }
  throw new Error('Nothing was refused.');
}

describe('metrics', () => {
  it.each([
    ['a mean', mean],
    ['a mean of any event', { ...mean, source: { kind: 'EventsNode', event: null } }],
    [
      'a mean with all it can have',
      {
        ...mean,
        ...{ uuid: 'u', name: 'n', goal: 'decrease' },
        ...{
          lower_bound_percentile: 0,
          upper_bound_percentile: 1,
          ignore_zeros: true,
          threshold: 2,
        },
      },
    ],
    [
      'a funnel',
      {
        kind: 'ExperimentMetric',
        metric_type: 'funnel',
        series: [source, source],
        funnel_order_type: 'unordered',
        conversion_window: 14,
        conversion_window_unit: 'day',
      },
    ],
    [
      'a ratio of actions',
      {
        kind: 'ExperimentMetric',
        metric_type: 'ratio',
        numerator: source,
        denominator: { kind: 'ActionsNode', id: 3 },
      },
    ],
    ['retention', retention],
    [
      'retention from the exposure on',
      { ...retention, start_event: { kind: 'ExperimentExposureNode' } },
    ],
    [
      'a table of a warehouse',
      {
        ...mean,
        source: {
          kind: 'ExperimentDataWarehouseNode',
          table_name: 't',
          timestamp_field: 'ts',
          events_join_key: 'a',
          data_warehouse_join_key: 'b',
        },
      },
    ],
    [
      'filters of any kind',
      {
        ...mean,
        source: {
          ...source,
          properties: [
            { key: 'a', value: ['b', 1], operator: 'exact', type: 'person', more: { deep: 1 } },
          ],
        },
      },
    ],
    ['a breakdown', { ...mean, breakdownFilter: { breakdowns: [{ property: 'p' }] } }],
  ])('are kept as they were sent: %s', (_, metric) => {
    expect(parseMetrics([metric], 'metrics')).toEqual([metric]);
  });

  it('may be none', () => {
    expect([undefined, null, []].map((none) => parseMetrics(none, 'metrics'))).toEqual([
      [],
      [],
      [],
    ]);
  });

  it.each([
    ['Metrics must be a list', {}],
    ['Invalid metric at index 0: must be a dict', ['mean']],
    ['Invalid metric at index 1: must be a dict', [mean, [mean]]],
    ["Invalid metric at index 0: metric kind must be 'ExperimentMetric'", [{ kind: 'Other' }]],
    [
      /^Invalid metric at index 0: legacy metric kind 'ExperimentTrendsQuery' is no longer supported for new experiments/,
      [{ kind: 'ExperimentTrendsQuery' }],
    ],
    [
      /^Invalid metric at index 0: legacy metric kind 'ExperimentFunnelsQuery' is no longer/,
      [{ kind: 'ExperimentFunnelsQuery' }],
    ],
    [
      /^Invalid metric at index 0: funnel metrics require at least one step/,
      [{ kind: 'ExperimentMetric', metric_type: 'funnel', series: [] }],
    ],
    [
      /^Invalid metric at index 0: \[\{"loc":\["source","extra"\],"type":"extra_forbidden","msg":"Extra inputs are not permitted"\}\]$/,
      [{ ...mean, source: { ...source, extra: 1 } }],
    ],
    [/"loc":\["source","math"\]/, [{ ...mean, source: { ...source, math: 'median' } }]],
    [/"loc":\["upper_bound_percentile"\]/, [{ ...mean, upper_bound_percentile: 95 }]],
    [/"loc":\["metric_type"\]/, [{ ...mean, metric_type: 'other' }]],
    [/"loc":\["source","event"\].*NUL/, [{ ...mean, source: { ...source, event: 'a\0b' } }]],
    [/must not be larger than/, [{ ...mean, breakdownFilter: { a: 'x'.repeat(70_000) } }]],
    [
      /must not hold the key '__proto__'/,
      [{ ...mean, breakdownFilter: JSON.parse('{"__proto__": 1}') }],
    ],
    [/no more than 100 metrics/, Array(101).fill(mean)],
  ])('are refused with %s', (text, metrics) => {
    expect(refusal(() => parseMetrics(metrics, 'metrics_secondary'))).toEqual([
      'invalid',
      'metrics_secondary',
      typeof text === 'string' ? text : expect.stringMatching(text),
    ]);
  });

  it('are told no more than fifteen mistakes', () => {
    const metric = {
      ...mean,
      ...Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`x${n}`, 1])),
    };

    const [, , text] = refusal(() => parseMetric(metric, 'query'));

    expect(JSON.parse(String(text).replace('Invalid metric: ', ''))).toHaveLength(15);
  });
});

describe('exposure criteria', () => {
  it('are the calls of the flag, without people of several variants, unless they say otherwise', () => {
    const config = {
      kind: 'ExperimentEventExposureConfig',
      event: 'opened',
      properties: [{ key: 'a', value: 'b' }],
    };
    const own = {
      filterTestAccounts: true,
      multiple_variant_handling: 'first_seen',
      exposure_config: config,
    };

    expect([null, {}, parseExposureCriteria(own)].map(exposureOf)).toEqual([
      ...Array(2).fill({
        filterTestAccounts: false,
        multipleVariants: 'exclude',
        event: '$feature_flag_called',
        properties: [],
      }),
      {
        filterTestAccounts: true,
        multipleVariants: 'first_seen',
        event: 'opened',
        properties: config.properties,
      },
    ]);
  });

  it('of an action are kept, and mean nothing that can be computed', () => {
    const criteria = { exposure_config: { kind: 'ActionsNode', id: 4 } };

    expect(parseExposureCriteria(criteria)).toBe(criteria);
    expect(exposureOf(criteria)).toBeUndefined();
  });

  it.each([
    ['must be an object', []],
    ['multiple_variant_handling', { multiple_variant_handling: 'both' }],
    ['filterTestAccounts', { filterTestAccounts: 'yes' }],
    ['exposure_config must be an object', { exposure_config: 'event' }],
    ['exposure_config kind must be', { exposure_config: { kind: 'Other', event: 'a' } }],
    ['exposure_config: event', { exposure_config: {} }],
    ['numeric id', { exposure_config: { kind: 'ActionsNode' } }],
  ])('are refused: %s', (text, criteria) => {
    expect(refusal(() => parseExposureCriteria(criteria))).toEqual([
      ...['invalid', 'exposure_criteria'],
      expect.stringContaining(text),
    ]);
  });
});

describe('statistics', () => {
  it.each([
    ["Invalid stats method: 'other'. Must be one of: bayesian, frequentist", { method: 'other' }],
    [/^Invalid baseline_variant_key: 'third'/, { baseline_variant_key: 'third' }],
    ['stats_config must be an object', 'bayesian'],
  ])('are refused with %s', (text, config) => {
    expect(refusal(() => parseStatsConfig(config, ['control', 'test']))).toEqual([
      ...['invalid', 'stats_config'],
      typeof text === 'string' ? text : expect.stringMatching(text),
    ]);
  });

  it('are what the experiment says, else what the project says, else Bayesian', () => {
    const own = {
      ...{ method: 'frequentist', baseline_variant_key: 'test', cuped: { enabled: true } },
      frequentist: { alpha: 0.1, difference_type: 'ABSOLUTE', sequential_testing_enabled: true },
    };

    expect(statsSettingsOf(null)).toMatchObject({ method: 'bayesian', baseline: 'control' });
    expect(
      statsSettingsOf({}, { statsMethod: 'frequentist', confidenceLevel: 0.75 }),
    ).toMatchObject({
      method: 'frequentist',
      config: { ciLevel: 0.75, alpha: 0.25 },
    });
    expect(statsSettingsOf(own, { confidenceLevel: 0.75 })).toMatchObject({
      ...{ method: 'frequentist', baseline: 'test' },
      config: { alpha: 0.1, differenceType: 'absolute', sequentialTesting: true, cuped: true },
    });
  });

  it.each([
    [undefined, { enabled: false, lookback_days: 7 }],
    [14, { enabled: true }],
    [7, { enabled: true, lookback_days: 7 }],
    [1, { enabled: true, lookback_days: -4 }],
    [30, { enabled: true, lookback_days: 400 }],
    [14, { enabled: true, lookback_days: 'many' }],
  ])('look back %s days with %o', (days, cuped) => {
    expect(lookbackOf({ cuped })).toBe(days);
  });
});
