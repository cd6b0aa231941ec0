import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accumulate,
  type ConfigLayer,
  type Method,
  type MetricKind,
  mergeStatistics,
  type Observation,
  type Statistics,
} from '#domain/stats/index.ts';
import { POPULATIONS, type Population, seeded, statisticsOf } from './simulate.ts';

type Arm = readonly Observation[];
interface Trial {
  readonly population: Population;
  readonly control: Arm;
  readonly test: Arm;
}

const trialOf = (populations: readonly Population[]): fc.Arbitrary<Trial> =>
  fc
    .record({
      population: fc.constantFrom(...populations),
      seed: fc.nat(),
      sizes: fc.tuple(fc.integer({ min: 60, max: 200 }), fc.integer({ min: 60, max: 200 })),
    })
    .map(({ population, seed, sizes }) => {
      const random = seeded(seed);
      const [control, test] = sizes.map((n) =>
        Array.from({ length: n }, () => population.draw(random, 0)),
      );
      return { population, control: control ?? [], test: test ?? [] };
    });
const anyTrial = trialOf(POPULATIONS);
const ofKind = (...kinds: readonly MetricKind[]) =>
  trialOf(POPULATIONS.filter(({ kind }) => kinds.includes(kind)));

const anyMethod = fc.constantFrom<Method>('frequentist', 'bayesian');
const anyDifference = fc.constantFrom('relative', 'absolute');
const anyConfig = fc.record({ differenceType: anyDifference, sequentialTesting: fc.boolean() });
const factor = fc.constantFrom(1e-3, 0.5, 3, 1e4);

const ask = (
  { population, control, test }: Trial,
  method: Method,
  config: ConfigLayer,
  change: (observation: Observation) => Observation = (each) => each,
): Statistics =>
  statisticsOf(population, { method, config }, [
    accumulate(control.map(change)),
    accumulate(test.map(change)),
  ]);

/** The numbers that a change of units may not move, and those that go with the effect. */
function split(statistics: Statistics) {
  if (statistics.method === 'bayesian')
    return {
      fixed: [statistics.chanceToWin],
      scaled: [
        statistics.effect,
        ...statistics.credibleInterval,
        statistics.riskOfBaseline,
        statistics.riskOfVariant,
      ],
    };
  return {
    fixed: [statistics.pValue],
    scaled: [statistics.effect, ...statistics.confidenceInterval],
  };
}

function expectSame(a: Statistics, b: Statistics, scale = 1): void {
  const [left, right] = [split(a), split(b)];
  const size = Math.max(...left.scaled.map(Math.abs));
  for (const [at, value] of left.fixed.entries()) expect(right.fixed[at]).toBeCloseTo(value, 8);
  for (const [at, value] of left.scaled.entries())
    expect(Math.abs((right.scaled[at] ?? Number.NaN) / scale - value)).toBeLessThan(1e-8 * size);
}

describe('an analysis', () => {
  it('of shards is that of all entities', () => {
    fc.assert(
      fc.property(
        anyTrial,
        anyMethod,
        anyConfig,
        fc.nat({ max: 59 }),
        (trial, method, config, cut) => {
          const { population, control, test } = trial;
          const merged = (arm: Arm) =>
            mergeStatistics(accumulate(arm.slice(0, cut)), accumulate(arm.slice(cut)));

          const sharded = statisticsOf(population, { method, config }, [
            merged(control),
            merged(test),
          ]);

          expectSame(ask(trial, method, config), sharded);
        },
      ),
    );
  });

  it('of the arms the other way round has the opposite sign', () => {
    const config = fc.record({
      differenceType: fc.constant('absolute'),
      sequentialTesting: fc.boolean(),
    });

    fc.assert(
      fc.property(anyTrial, anyMethod, config, (trial, method, layer) => {
        const there = ask(trial, method, layer);

        const back = ask({ ...trial, control: trial.test, test: trial.control }, method, layer);

        expect(back.effect).toBeCloseTo(-there.effect, 10);
        expect(back.variance).toBeCloseTo(there.variance, 10);
        if (there.method === 'frequentist' && back.method === 'frequentist') {
          expect(back.pValue).toBeCloseTo(there.pValue, 9);
          expect(back.confidenceInterval[0]).toBeCloseTo(-there.confidenceInterval[1], 9);
        }
        if (there.method === 'bayesian' && back.method === 'bayesian') {
          expect(back.chanceToWin).toBeCloseTo(1 - there.chanceToWin, 9);
          expect(back.riskOfVariant).toBeCloseTo(there.riskOfBaseline, 9);
        }
      }),
    );
  });

  it('does not see the units of values and denominators in relative differences', () => {
    fc.assert(
      fc.property(ofKind('mean', 'ratio'), anyMethod, factor, factor, (trial, method, by, per) => {
        const scaled = ask(trial, method, {}, ({ value, denominator, covariate }) => ({
          value: value * by,
          denominator: denominator && denominator * per,
          covariate: covariate && covariate * per,
        }));

        expectSame(ask(trial, method, {}), scaled);
      }),
    );
  });

  it('follows the units of values in absolute differences', () => {
    const absolute = { differenceType: 'absolute' };

    fc.assert(
      fc.property(ofKind('mean', 'ratio'), anyMethod, factor, (trial, method, by) => {
        const scaled = ask(trial, method, absolute, (each) => ({
          ...each,
          value: each.value * by,
        }));

        expectSame(ask(trial, method, absolute), scaled, by);
      }),
    );
  });

  it('does not see where the zero of a value is in absolute differences, however far', () => {
    const absolute = { differenceType: 'absolute' };

    fc.assert(
      fc.property(
        ofKind('mean'),
        anyMethod,
        fc.constantFrom(-50, 1e3, 1e6),
        (trial, method, by) => {
          const moved = ask(trial, method, absolute, (each) => ({
            ...each,
            value: each.value + by,
          }));

          expectSame(ask(trial, method, absolute), moved);
        },
      ),
    );
  });

  it('does not see where the zero of a covariate is', () => {
    fc.assert(
      fc.property(ofKind('mean'), anyMethod, anyConfig, (trial, method, config) => {
        const moved = ask(trial, method, config, ({ value, covariate }) => ({
          value,
          covariate: covariate === undefined ? undefined : covariate + 1000,
        }));

        expectSame(ask(trial, method, config), moved);
      }),
    );
  });

  it('with inverse has the other chance to win, and else the same', () => {
    fc.assert(
      fc.property(anyTrial, anyDifference, (trial, differenceType) => {
        const more = ask(trial, 'bayesian', { differenceType });

        const less = ask(trial, 'bayesian', { differenceType, inverse: true });

        if (more.method !== 'bayesian' || less.method !== 'bayesian')
          throw new Error('not Bayesian');
        expect(less.chanceToWin).toBeCloseTo(1 - more.chanceToWin, 12);
        expect({ ...less, chanceToWin: 0 }).toEqual({ ...more, chanceToWin: 0 });
      }),
    );
  });

  it('with a prior lies between the prior and the data, and is surer than either', () => {
    const priors = fc.record({
      mean: fc.double({ min: -1, max: 1, noNaN: true }),
      variance: fc.double({ min: 1e-4, max: 10, noNaN: true }),
    });

    fc.assert(
      fc.property(anyTrial, priors, (trial, prior) => {
        const flat = ask(trial, 'bayesian', {});

        const { effect, variance } = ask(trial, 'bayesian', { prior });

        const [low, high] = [Math.min(prior.mean, flat.effect), Math.max(prior.mean, flat.effect)];
        expect(effect).toBeGreaterThanOrEqual(low - 1e-12);
        expect(effect).toBeLessThanOrEqual(high + 1e-12);
        expect(variance).toBeLessThan(Math.min(prior.variance, flat.variance));
      }),
    );
  });
});
