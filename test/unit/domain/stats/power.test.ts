import { describe, expect, it } from 'vitest';
import {
  type Plan,
  type PlannedMetric,
  plannedMetric,
  power,
  sampleSize,
} from '#domain/stats/index.ts';
import {
  deviation,
  POPULATIONS,
  type Population,
  type Random,
  RUNS,
  SLOW_MS,
  sample,
  seeded,
  statisticsOf,
} from './simulate.ts';

// The seed is fixed in advance; bounds are those that all rows keep together with 95 %
// (Bonferroni: 2.58 standard errors for five rows).
const SEED = 20_260_102;
const JOINT_BOUND = 2.58;

const named = (name: string): Population => {
  const population = POPULATIONS.find((each) => each.name === name);
  if (!population) throw new Error(`there is no ${name}`);
  return population;
};

/** Of a negative binomial distribution with the variance that plans take for counts. */
const counts: Population = {
  name: 'count',
  kind: 'mean',
  mean: 4,
  draw: (random, shift) => ({ value: events(random) + shift }),
};

interface Row {
  readonly population: Population;
  readonly metric: PlannedMetric;
  readonly mdePercent: number;
}

const measured = (kind: PlannedMetric['kind'], name: string): PlannedMetric => {
  const metric = plannedMetric(kind, sample(named(name), seeded(SEED), 200_000));
  if (!metric) throw new Error(`nothing was measured of ${name}`);
  return metric;
};

// Effects are such that both arms have the variance that was planned: shifts, and 45 % → 55 %.
const rows: readonly Row[] = [
  { population: counts, metric: { kind: 'count', baseline: 4 }, mdePercent: 12.5 },
  {
    population: named('mean of a skewed value'),
    metric: { kind: 'value', baseline: 10 },
    mdePercent: 10,
  },
  {
    population: named('proportion'),
    metric: { kind: 'funnel', baseline: 0.45 },
    mdePercent: 1000 / 45,
  },
  { population: named('ratio'), metric: measured('ratio', 'ratio'), mdePercent: 10 },
  {
    population: named('retention'),
    metric: measured('retention', 'retention'),
    mdePercent: 1000 / 45,
  },
];

function found({ population, metric, mdePercent }: Row, differenceType: string, seed: number) {
  const random = seeded(seed);
  const perArm = Math.ceil((sampleSize({ metric, mdePercent }) ?? 0) / 2);
  const shift = (mdePercent / 100) * population.mean;
  let count = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const { significant } = statisticsOf(
      population,
      { method: 'frequentist', config: { differenceType } },
      [sample(population, random, perArm), sample(population, random, perArm, shift)],
    );
    if (significant) count += 1;
  }
  return { name: population.name, count, perArm };
}

describe('the planned number of entities', () => {
  it.each(rows)(
    'finds the planned change of a $metric.kind as often as planned',
    (row) => {
      const plan: Plan = { metric: row.metric, mdePercent: row.mdePercent };
      const { perArm, ...result } = found(row, 'absolute', SEED + rows.indexOf(row));

      const nominal = power(plan, 2 * perArm) ?? 0;

      // 16 V/d² and not 15.7, so a little more than 80 %
      expect(nominal).toBeGreaterThan(0.807);
      expect(nominal).toBeLessThan(0.81);
      expect(Math.abs(deviation({ ...result, nominal }))).toBeLessThan(JOINT_BOUND);
    },
    SLOW_MS,
  );

  it(
    'finds a relative increase a little less often, since its baseline varies as well',
    () => {
      const [, row] = rows;
      if (!row) throw new Error('no row is left');

      // The same experiments, so that what differs is the test.
      const [absolute, relative] = ['absolute', 'relative'].map((type) =>
        found(row, type, SEED + 50),
      );

      const lost = ((absolute?.count ?? 0) - (relative?.count ?? 0)) / RUNS;
      expect(lost).toBeGreaterThan(0.005);
      expect(lost).toBeLessThan(0.04);
    },
    SLOW_MS,
  );
});

function events(random: Random): number {
  let rate = 1;
  for (let k = 0; k < 4; k += 1) rate *= 1 - random();
  const end = rate;
  let count = 0;
  for (let product = random(); product > end; product *= random()) count += 1;
  return count;
}
