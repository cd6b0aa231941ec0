import { describe, expect, test } from 'vitest';
import {
  draftOf,
  eventNames,
  problemOf,
  sentMetric,
} from '../../../functions/web/app/pages/abtests/metric-draft.ts';
import {
  bodyOf,
  newTest,
  problemOfTest,
} from '../../../functions/web/app/pages/abtests/new-test.ts';
import {
  evenSplit,
  freeKey,
  sumOf,
  variantsProblem,
} from '../../../functions/web/app/pages/abtests/variant-split.ts';

const variants = (...shares: readonly number[]) =>
  shares.map((rollout_percentage, at) => ({
    key: at === 0 ? 'control' : `v${at}`,
    rollout_percentage,
  }));

describe('shares of variants', () => {
  test.each([2, 3, 7, 20])('%i even ones add up to 100', (n) => {
    const even = evenSplit(variants(...Array.from({ length: n }, () => 0)));
    expect(sumOf(even)).toBe(100);
    expect(variantsProblem(even)).toBeUndefined();
  });

  test('that are wrong are told in words', () => {
    expect(variantsProblem(variants(50, 40))).toContain('90%');
    expect(variantsProblem(variants(100))).toContain('at least two');
    expect(variantsProblem([...variants(50), ...variants(50)])).toContain('same key');
    const others = variants(50, 50).map((each) => ({ ...each, key: `x${each.key}` }));
    expect(variantsProblem(others)).toContain('control');
    expect(variantsProblem(others, false)).toBeUndefined();
  });

  test('a further one gets a key that is free', () => {
    expect(freeKey([])).toBe('test');
    expect(freeKey([{ key: 'test', rollout_percentage: 0 }])).toBe('test-2');
  });
});

describe('a metric that is filled in', () => {
  test('says what is missing', () => {
    const draft = draftOf('mean');
    expect(problemOf(draft)).toBe('Name the event that counts.');
    const summed = { ...draft, source: { kind: 'EventsNode', event: 'sale', math: 'sum' } };
    expect(problemOf(summed)).toContain('property of sale');
    expect(
      problemOf({ ...summed, source: { ...summed.source, math_property: 'amount' } }),
    ).toBeUndefined();
  });

  test('refuses bounds and windows that are the wrong way round', () => {
    const source = { kind: 'EventsNode', event: 'sale' };
    const bounds = { lower_bound_percentile: 0.9, upper_bound_percentile: 0.1 };
    expect(problemOf({ ...draftOf('mean'), source, ...bounds })).toContain('outliers');
    const retention = {
      ...draftOf('retention'),
      completion_event: source,
      retention_window_start: 8,
    };
    expect(problemOf(retention)).toContain('begin before it ends');
  });

  test('keeps its name and window as its kind changes', () => {
    const before = { ...draftOf('mean'), name: 'Sales', conversion_window: 3, uuid: 'u' };
    const after = draftOf('funnel', before);
    expect(after).toMatchObject({ name: 'Sales', conversion_window: 3, uuid: 'u' });
    expect(after.source).toBeUndefined();
    expect(after.series).toHaveLength(2);
  });

  test('is sent without a fingerprint, which is of what it was', () => {
    const sent = sentMetric({ ...draftOf('mean'), fingerprint: 'f', name: '  ' });
    expect(sent).not.toHaveProperty('fingerprint');
    expect(sent.name).toBeNull();
  });

  test('names of events are suggested once each', () => {
    const metric = { ...draftOf('ratio'), numerator: { kind: 'EventsNode', event: 'a' } };
    expect(eventNames([metric, metric, undefined])).toEqual(['$pageview', 'a']);
  });
});

describe('a new A/B test', () => {
  const named = { ...newTest(undefined, undefined), name: 'One page, not four!' };

  test('has a flag that is called like it', () => {
    expect(problemOfTest(named)).toBeUndefined();
    expect(bodyOf(named, new Date(0))).toMatchObject({
      feature_flag_key: 'one-page-not-four',
      parameters: { minimum_detectable_effect: 10 },
    });
    expect(bodyOf(named, new Date(0))).not.toHaveProperty('start_date');
  });

  test('is launched with the time', () => {
    const body = bodyOf({ ...named, launch: true }, new Date(0));
    expect(body.start_date).toBe('1970-01-01T00:00:00.000Z');
  });

  test("begins with the project's defaults", () => {
    const project = {
      default_experiment_stats_method: 'frequentist',
      default_experiment_confidence_level: 0.9,
    } as const;
    expect(newTest(project, undefined).stats).toEqual({
      method: 'frequentist',
      bayesian: { ci_level: 0.9 },
      frequentist: { alpha: 0.1 },
    });
  });

  test('says what is missing', () => {
    expect(problemOfTest(newTest(undefined, undefined))).toBe('Give it a name.');
    expect(problemOfTest({ ...named, name: '!' })).toContain('key of the flag');
    const criteria = { exposure_config: { event: '' } };
    expect(problemOfTest({ ...named, criteria })).toContain('event of exposure');
  });
});
