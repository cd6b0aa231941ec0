import { describe, expect, it } from 'vitest';
import {
  accumulate,
  daysFor,
  type Plan,
  type PlannedMetric,
  plannedMetric,
  power,
  remainingDays,
  sampleSize,
  toCentred,
} from '#domain/stats/index.ts';
import fixtures from './running-times.json' with { type: 'json' };

interface Fixture {
  readonly id: string;
  readonly plan: Plan;
  readonly exposuresPerDay: number | null;
  readonly sampleSize: number | null;
  readonly days: number | null;
  /** The entities for 80 % power by the normal approximation, 15.7 in the place of 16. */
  readonly exactly80Percent: number | null;
}
const cases = fixtures as readonly unknown[] as readonly Fixture[];
const funnel: Plan = { metric: { kind: 'funnel', baseline: 0.1 } };

describe('sampleSize', () => {
  it.each(cases)('$id', ({ plan, exposuresPerDay, ...expected }) => {
    const entities = sampleSize(plan);
    const days =
      entities === undefined || exposuresPerDay === null
        ? undefined
        : daysFor(entities, exposuresPerDay);

    expect([entities ?? null, days ?? null]).toEqual([expected.sampleSize, expected.days]);
  });

  it('is for 30 % and two variants unless it is told otherwise', () => {
    expect(sampleSize(funnel)).toBe(3200);
    expect(sampleSize({ ...funnel, mdePercent: 30, variants: 2 })).toBe(3200);
  });

  it('is the same for a fall as for a rise', () => {
    expect(sampleSize({ ...funnel, mdePercent: -30 })).toBe(3200);
  });
});

describe('power', () => {
  const planned = cases.filter(({ exactly80Percent }) => exactly80Percent !== null);

  it.each(planned)('of $id is 80 % at 15.7 V/d² and 80.7 % at 16', ({ plan, ...expected }) => {
    expect(power(plan, expected.exactly80Percent ?? 0)).toBeCloseTo(0.8, 5);
    expect(power(plan, sampleSize(plan) ?? 0)).toBeCloseTo(0.8074, 3);
  });

  it('is alpha without entities, 1 with very many, and unknown without a plan', () => {
    expect(power(funnel, 0, 0.1)).toBeCloseTo(0.1, 12);
    expect(power(funnel, 1e9)).toBe(1);
    expect(power({ ...funnel, mdePercent: 0 }, 100)).toBeUndefined();
    expect(power({ metric: { kind: 'ratio', baseline: 1 } }, 100)).toBeUndefined();
  });
});

describe('plannedMetric', () => {
  const ratios = toCentred({
    n: 4,
    sum: 10,
    sumSquares: 30,
    denominatorSum: 8,
    denominatorSumSquares: 20,
    numeratorDenominatorSumProduct: 21,
  });

  it('takes the baseline from what was measured, of ratios with the variance of the population', () => {
    expect(plannedMetric('count', ratios)).toEqual({ kind: 'count', baseline: 2.5 });
    expect(plannedMetric('value', ratios)).toEqual({ kind: 'value', baseline: 2.5 });
    expect(plannedMetric('funnel', accumulate([{ value: 1 }, { value: 0 }]))).toEqual({
      kind: 'funnel',
      baseline: 0.5,
    });
    // Vm = 1.25, Vd = 1, Cov = 0.25, R = 1.25, D = 2: (1.25 + 1.5625 − 0.625) / 4
    const ratio: PlannedMetric = { kind: 'ratio', baseline: 1.25, variance: 0.546875 };
    expect(plannedMetric('ratio', ratios)).toEqual({
      ...ratio,
      variance: expect.closeTo(0.546875, 12),
    });
    expect(plannedMetric('retention', accumulate([]))).toBeUndefined();
  });
});

describe('remainingDays', () => {
  it.each([
    { name: 'its own pace', progress: { needed: 1000, exposures: 400, daysRunning: 3 }, days: 5 },
    {
      name: 'its own pace, whatever was planned',
      progress: { needed: 1000, exposures: 100, daysRunning: 1, exposuresPerDay: 5000 },
      days: 9,
    },
    {
      name: 'the planned pace in the first day',
      progress: { needed: 1000, exposures: 400, daysRunning: 0.9, exposuresPerDay: 50 },
      days: 12,
    },
    {
      name: 'the planned pace below 100 exposures',
      progress: { needed: 1000, exposures: 99, daysRunning: 9, exposuresPerDay: 50 },
      days: 19,
    },
    { name: 'nothing', progress: { needed: 1000, exposures: 99, daysRunning: 9 }, days: undefined },
    { name: 'the end', progress: { needed: 1000, exposures: 2000, daysRunning: 9 }, days: 0 },
  ])('goes by $name', ({ progress, days }) => {
    expect(remainingDays(progress)).toBe(days);
  });

  it('needs a pace', () => {
    expect(daysFor(100, 0)).toBeUndefined();
    expect(daysFor(Number.NaN, 3)).toBeUndefined();
    expect(daysFor(0, 3)).toBe(0);
  });
});
