import { describe, expect, test } from 'vitest';
import { dayNumber } from '../../../functions/web/app/pages/abtests/days.ts';
import { isBehind, REST_MS } from '../../../functions/web/app/pages/abtests/kept-result.ts';
import type { Metric } from '../../../functions/web/app/pages/abtests/metric.ts';
import { daysLeft, planOf } from '../../../functions/web/app/pages/abtests/plan.ts';
import {
  type Analysis,
  reachOf,
  resultsCsv,
  rowsOf,
  verdictOf,
} from '../../../functions/web/app/pages/abtests/result-rows.ts';
import { daySeries } from '../../../functions/web/app/pages/abtests/series.ts';
import {
  chanceText,
  failureSentence,
  mismatchOf,
  significanceSentence,
} from '../../../functions/web/app/pages/abtests/words.ts';

const mean: Metric = {
  kind: 'ExperimentMetric',
  metric_type: 'mean',
  goal: 'increase',
  source: { kind: 'EventsNode', event: 'purchase' },
};
const sums = { number_of_samples: 200, sum: 400, validation_failures: [] };
const bayesian: Analysis = {
  baseline: { key: 'control', ...sums },
  variant_results: [
    {
      key: 'test',
      ...sums,
      sum: 500,
      significant: true,
      chance_to_win: 0.98,
      credible_interval: [0.1, 0.4],
    },
  ],
};
const stats = { method: 'bayesian', confidence: 0.95, sequential: false, absolute: false } as const;

describe('rows of a result', () => {
  test('have value, estimate and interval, the baseline first', () => {
    const [baseline, row] = rowsOf(mean, bayesian);
    expect(baseline).toMatchObject({ key: 'control', isBaseline: true, value: 2 });
    expect(row).toMatchObject({ value: 2.5, estimate: 0.25, low: 0.1, high: 0.4 });
  });

  test('divide ratios and retention by what is below the line', () => {
    const ratio: Analysis = {
      baseline: { key: 'control', ...sums, denominator_sum: 100 },
      variant_results: [{ key: 'test', ...sums, denominator_sum: 0 }],
    };
    const rows = rowsOf({ ...mean, metric_type: 'ratio' }, ratio);
    expect(rows.map(({ value }) => value)).toEqual([4, undefined]);
  });

  test('turn the chance round where less is better', () => {
    const less: Metric = { ...mean, goal: 'decrease' };
    const [, row] = rowsOf(less, bayesian);
    expect(row?.chanceToWin).toBeCloseTo(0.02, 9);
    expect(row && verdictOf(less, row)).toBe('worse');
    const [, more] = rowsOf(mean, bayesian);
    expect(more && verdictOf(mean, more)).toBe('better');
  });

  test('share an axis that holds all of them', () => {
    expect(reachOf(rowsOf(mean, bayesian))).toBeCloseTo(0.42, 9);
    expect(reachOf([])).toBe(0.1);
  });

  test('without statistics have too little to tell, and say why', () => {
    const few: Analysis = {
      baseline: { key: 'control', ...sums, validation_failures: ['baseline-mean-is-zero'] },
      variant_results: [
        { key: 'test', ...sums, validation_failures: ['not-enough-exposures', 'something-new'] },
      ],
    };
    const rows = rowsOf(mean, few);
    expect(rows[1] && verdictOf(mean, rows[1])).toBe('too-little');
    expect(failureSentence(rows)).toContain('control: the baseline is zero');
    expect(failureSentence(rows)).toContain('test: fewer than 50 people');
    expect(failureSentence(rows)).toContain('something-new');
    expect(failureSentence(rowsOf(mean, bayesian))).toBeUndefined();
  });
});

describe('what significant means', () => {
  test('is said by the chance, with the interval', () => {
    const [, row] = rowsOf(mean, bayesian);
    const sentence = row && significanceSentence(mean, row, stats);
    expect(sentence).toContain('better with a chance of 98%, above 95%');
    expect(sentence).toContain('+10% to +40%');
  });

  test('is said by the p-value', () => {
    const answer = (p: number, significant: boolean): Analysis => ({
      ...bayesian,
      variant_results: [
        { key: 'test', ...sums, significant, p_value: p, confidence_interval: [-0.1, 0.3] },
      ],
    });
    const said = (p: number, significant: boolean): string => {
      const [, row] = rowsOf(mean, answer(p, significant));
      if (row === undefined) throw new Error('no row');
      return significanceSentence(mean, row, { ...stats, method: 'frequentist' });
    };
    expect(said(0.2, false)).toContain('p = 0.2 is not below 5%');
    expect(said(0.01, true)).toContain('p = 0.01 is below 5%');
  });

  test('is never certain', () => {
    expect(chanceText(1)).toBe('> 99.9%');
    expect(chanceText(0)).toBe('< 0.1%');
    expect(chanceText(0.5)).toBe('50%');
  });
});

test('a split that chance does not explain is told with what was expected', () => {
  const exposures = {
    total_exposures: { control: 700, test: 300 },
    sample_ratio_mismatch: { expected: { control: 500, test: 500 }, p_value: 1e-30 },
  };
  expect(mismatchOf(exposures)?.rows).toEqual([
    { key: 'control', observed: 700, expected: 500 },
    { key: 'test', observed: 300, expected: 500 },
  ]);
  const fair = { expected: { control: 500, test: 500 }, p_value: 0.2 };
  expect(mismatchOf({ ...exposures, sample_ratio_mismatch: fair })).toBeUndefined();
  expect(mismatchOf({ ...exposures, sample_ratio_mismatch: null })).toBeUndefined();
});

test('a table for spreadsheets runs no formulas that names hold', () => {
  const result = { ...bayesian, last_refresh: '2026-01-01T00:00:00Z' };
  const csv = resultsCsv([{ name: '=1+1,"x"', metric: mean, result }]);
  const [head, first] = csv.split('\n');
  expect(head).toMatch(/^metric,kind,variant,people/);
  expect(first).toMatch(/^"'=1\+1,""x""",mean,control,200,2,/);
  expect(csv).toContain(',0.25,0.1,0.4,0.98,,true,2026-01-01T00:00:00Z');
});

test('days without a result leave gaps in the lines', () => {
  const days = daySeries({ '2026-01-02': bayesian, '2026-01-01': null }, mean);
  expect(days.days).toBe(1);
  expect(days.lines).toHaveLength(1);
  expect(days.lines[0]?.y).toEqual([null, 25]);
  expect(days.zero.y).toEqual([0, 0]);
});

describe('a kept result', () => {
  // 400 people are counted.
  const kept = { ...bayesian, is_cached: true };
  const totals = { control: 1_000, test: 1_000, $multiple: 50 };
  const now = 1_000_000;

  test('is behind when the exposures know of more people', () => {
    expect(isBehind(kept, totals, undefined, now)).toBe(true);
    expect(isBehind(kept, { control: 200, test: 200, $multiple: 900 }, undefined, now)).toBe(false);
    expect(isBehind({ ...kept, is_cached: false }, totals, undefined, now)).toBe(false);
    const none = { key: 'control', number_of_samples: 0, sum: 0, validation_failures: [] };
    const empty = { baseline: none, variant_results: [], is_cached: true };
    expect(isBehind(empty, { control: 1 }, undefined, now)).toBe(true);
    expect(isBehind(empty, {}, undefined, now)).toBe(false);
  });

  test('tells the same when it misses less than one in a hundred', () => {
    expect(isBehind(kept, { control: 202, test: 202 }, undefined, now)).toBe(false);
    expect(isBehind(kept, { control: 203, test: 203 }, undefined, now)).toBe(true);
  });

  test('is worked out anew once for each number of people, and never often', () => {
    const long = now - REST_MS;
    expect(isBehind(kept, totals, { people: 2_000, at: long }, now)).toBe(false);
    expect(isBehind(kept, totals, { people: 1_500, at: long }, now)).toBe(true);
    expect(isBehind(kept, totals, { people: 1_500, at: long + 1 }, now)).toBe(false);
  });
});

test('days are counted from one, to the end', () => {
  const start = '2026-01-01T12:00:00Z';
  const at = (time: string): number => Date.parse(time);
  expect(dayNumber({ start_date: start }, at('2026-01-01T12:00:01Z'))).toBe(1);
  expect(dayNumber({ start_date: start }, at('2026-01-02T12:00:00Z'))).toBe(2);
  expect(dayNumber({ start_date: start, end_date: '2026-01-02T00:00:00Z' })).toBe(1);
  expect(dayNumber({ start_date: null })).toBeUndefined();
});

describe('the plan of an experiment that runs', () => {
  test('is made of its own baseline', () => {
    expect(planOf(mean, bayesian, 10)).toEqual({
      metric_type: 'count',
      baseline: 2,
      minimum_detectable_effect: 10,
      number_of_variants: 2,
    });
    const summed: Metric = { ...mean, source: { kind: 'EventsNode', event: 'e', math: 'sum' } };
    expect(planOf(summed, bayesian, 10)?.metric_type).toBe('value');
  });

  test('is none without an effect, or where everybody does it', () => {
    expect(planOf(mean, bayesian, undefined)).toBeUndefined();
    expect(planOf({ ...mean, metric_type: 'funnel' }, bayesian, 10)).toBeUndefined();
    expect(planOf({ ...mean, metric_type: 'ratio' }, bayesian, 10)).toBeUndefined();
  });

  test('tells the days that are left at its pace', () => {
    expect(daysLeft(1000, 250, 5)).toBe(15);
    expect(daysLeft(1000, 1000, 5)).toBe(0);
    expect(daysLeft(1000, 50, 0.5)).toBeUndefined();
  });
});
