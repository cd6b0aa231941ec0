import { bayesian } from './bayesian.ts';
import type { AnalysisConfig } from './config.ts';
import { type Adjustment, adjust } from './cuped.ts';
import { type Comparison, type Effect, effectOf } from './effects.ts';
import { LEAST_ENTITIES, welch } from './frequentist.ts';
import { type MetricKind, type Moments, momentsOf } from './moments.ts';
import { sequential } from './sequential.ts';
import type { CentredStatistics } from './summaries.ts';

export type Method = 'frequentist' | 'bayesian';
export type Interval = readonly [low: number, high: number];

interface Estimate {
  readonly effect: number;
  /** Of the effect, not of one entity. */
  readonly variance: number;
  readonly significant: boolean;
  readonly cuped?: Adjustment;
}

export interface FrequentistStatistics extends Estimate {
  readonly method: 'frequentist';
  readonly pValue: number;
  readonly confidenceInterval: Interval;
  /** Absent in a sequential test, as are the degrees of freedom. */
  readonly tStatistic?: number;
  readonly degreesOfFreedom?: number;
  /** Of the sequential test: the width of its mixture. */
  readonly rho?: number;
}

export interface BayesianStatistics extends Estimate {
  readonly method: 'bayesian';
  readonly chanceToWin: number;
  readonly credibleInterval: Interval;
  readonly riskOfBaseline: number;
  readonly riskOfVariant: number;
}

export type Statistics = FrequentistStatistics | BayesianStatistics;

/** Fewer successes or failures than this, and a proportion is not nearly normal. */
const LEAST_OF_EACH = 5;

/** One variant against the baseline; undefined where the data say nothing about the difference. */
export function compare(
  method: Method,
  config: AnalysisConfig,
  kind: MetricKind,
  baseline: CentredStatistics,
  variant: CentredStatistics,
): Statistics | undefined {
  const [control, treated] = [momentsOf(kind, baseline), momentsOf(kind, variant)];
  if (!control || !treated) return undefined;
  const adjusted = config.cuped ? adjust(kind, baseline, variant) : undefined;
  const comparison = adjusted ?? plain(control, treated);
  const effect = effectOf(config.differenceType, comparison);
  if (!effect || !isEnough(method, config, kind, control, treated)) return undefined;
  const statistics =
    method === 'bayesian'
      ? { method, ...bayesian(effect, config) }
      : { method, ...frequentist(config, effect, comparison) };
  // Numbers near the end of the range of doubles pass every check and yet overflow here.
  if (!Object.values(statistics).flat().every(isFiniteIfNumber)) return undefined;
  return adjusted ? { ...statistics, cuped: adjusted.cuped } : statistics;
}

const isFiniteIfNumber = (value: unknown): boolean =>
  typeof value !== 'number' || Number.isFinite(value);

const plain = (baseline: Moments, variant: Moments): Comparison => ({
  baseline,
  variant,
  scale: { baseline: baseline.mean, variant: variant.mean },
});

/** What a method asks of the values as they were measured, adjusted or not. */
function isEnough(
  method: Method,
  config: AnalysisConfig,
  kind: MetricKind,
  baseline: Moments,
  variant: Moments,
): boolean {
  const both = [baseline, variant];
  if (method === 'frequentist') return both.every(({ n }) => n >= LEAST_ENTITIES);
  if (config.differenceType === 'relative' && baseline.mean <= 0) return false;
  return (
    kind !== 'funnel' ||
    both.every(({ n, mean }) => Math.round(n * Math.min(mean, 1 - mean)) >= LEAST_OF_EACH)
  );
}

function frequentist(config: AnalysisConfig, effect: Effect, { baseline, variant }: Comparison) {
  const { alpha, sequentialTesting, sequentialTuningParameter } = config;
  const test = sequentialTesting
    ? sequential(effect, baseline.n + variant.n, alpha, sequentialTuningParameter)
    : welch(effect, baseline, variant, alpha);
  return {
    effect: effect.value,
    variance: effect.variance,
    significant: test.pValue < alpha,
    ...test,
  };
}
