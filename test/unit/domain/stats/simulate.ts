import process from 'node:process';
import {
  type AnalysisInput,
  accumulate,
  analyse,
  type CentredStatistics,
  type MetricKind,
  type Observation,
  type Statistics,
} from '#domain/stats/index.ts';

/** Experiments per row. The seeds are fixed, so that a run can be repeated. */
export const RUNS = process.env.FULL === '1' ? 20_000 : 2_000;

/** How long one table of the full form may take on a busy machine. */
export const SLOW_MS = 120_000;

/** Numbers evenly in [0, 1), by sfc32 of PractRand, which passes its tests. */
export type Random = () => number;

export function seeded(seed: number): Random {
  let [a, b, c, counter] = [0, seed | 0, 0x9e3779b9 | 0, 1];
  const next = (): number => {
    const out = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + out) | 0;
    return (out >>> 0) / 2 ** 32;
  };
  for (let warmUp = 0; warmUp < 20; warmUp += 1) next();
  return next;
}

const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
/** Gamma with a whole shape and scale 1. */
const gamma = (random: Random, shape: number): number => {
  let product = 1;
  for (let k = 0; k < shape; k += 1) product *= 1 - random();
  return -Math.log(product);
};
const poisson = (random: Random, mean: number): number => {
  const end = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > end; product *= random()) count += 1;
  return count;
};
const happens = (random: Random, chance: number): number => (random() < chance ? 1 : 0);

/** Where entities come from. `shift` moves the mean, rate or ratio, and leaves the rest. */
export interface Population {
  readonly name: string;
  readonly kind: MetricKind;
  readonly cuped?: boolean;
  readonly mean: number;
  readonly draw: (random: Random, shift: number) => Observation;
}

export const POPULATIONS: readonly Population[] = [
  {
    name: 'mean of a skewed value',
    kind: 'mean',
    mean: 10,
    draw: (random, shift) => ({ value: 2.5 * gamma(random, 4) + shift }),
  },
  {
    name: 'proportion',
    kind: 'funnel',
    mean: 0.45,
    draw: (random, shift) => ({ value: happens(random, 0.45 + shift) }),
  },
  {
    // Entities differ in how often they come and in how much they do when they come.
    name: 'ratio',
    kind: 'ratio',
    mean: 2,
    draw: (random, shift) => {
      const denominator = 1 + poisson(random, 2);
      return { value: denominator * (gamma(random, 4) / 2 + shift), denominator };
    },
  },
  {
    name: 'retention',
    kind: 'retention',
    mean: 0.45,
    draw: (random, shift) => {
      const denominator = happens(random, 0.8);
      return { value: denominator && happens(random, 0.45 + shift), denominator };
    },
  },
  {
    name: 'CUPED mean',
    kind: 'mean',
    cuped: true,
    mean: 7.4,
    draw: (random, shift) => {
      const covariate = 2 * gamma(random, 2);
      return { value: 3 + 1.1 * covariate + 2 * normal(random) + shift, covariate };
    },
  },
];

export function sample({ draw }: Population, random: Random, n: number, shift = 0) {
  return accumulate(draws());
  function* draws(): Generator<Observation> {
    for (let entity = 0; entity < n; entity += 1) yield draw(random, shift);
  }
}

export type Arms = readonly [baseline: CentredStatistics, variant: CentredStatistics];

/** What callers get; no data here are refused, so that none of the rates leaves any out. */
export function statisticsOf(
  { kind, cuped = false }: Population,
  { method, config }: Pick<AnalysisInput, 'method' | 'config'>,
  [baseline, variant]: Arms,
): Statistics {
  const { variants } = analyse({
    method,
    config: { ...config, cuped },
    metricKind: kind,
    baseline: { key: 'control', ...baseline },
    variants: [{ key: 'test', ...variant }],
  });
  const [only] = variants;
  if (!only?.statistics) throw new Error('an experiment was refused');
  return only.statistics;
}

export const intervalOf = (statistics: Statistics): readonly [number, number] =>
  statistics.method === 'bayesian' ? statistics.credibleInterval : statistics.confidenceInterval;

export const excludes = ([low, high]: readonly [number, number], value: number): boolean =>
  value < low || value > high;

export interface Row {
  readonly name: string;
  /** How many of {@link RUNS} experiments it happened in. */
  readonly count: number;
  readonly nominal: number;
}

/** How many standard errors a rate is from its nominal value. */
export const deviation = ({ count, nominal }: Row): number =>
  (count / RUNS - nominal) / Math.sqrt((nominal * (1 - nominal)) / RUNS);
