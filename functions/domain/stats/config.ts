import type { Prior } from './bayesian.ts';
import type { DifferenceType } from './effects.ts';

export interface AnalysisConfig {
  readonly differenceType: DifferenceType;
  /** Of the frequentist methods. */
  readonly alpha: number;
  readonly sequentialTesting: boolean;
  /** Entities in both arms at which a sequential interval is tightest. */
  readonly sequentialTuningParameter: number;
  /** Of the Bayesian method. */
  readonly ciLevel: number;
  /** Undefined is the improper prior. */
  readonly prior: Prior | undefined;
  readonly inverse: boolean;
  readonly cuped: boolean;
}

/** Settings as people wrote them: whatever is missing or cannot be is as if it were not there. */
export type ConfigLayer = { readonly [Name in keyof AnalysisConfig]?: unknown };

const DEFAULTS: AnalysisConfig = {
  differenceType: 'relative',
  alpha: 0.05,
  sequentialTesting: false,
  sequentialTuningParameter: 5_000,
  ciLevel: 0.95,
  prior: undefined,
  inverse: false,
  cuped: false,
};
/** An interval at a level beyond this has no end that is a number. */
const LEAST_SHARE = 1e-100;
const MOST_TUNING = 1e9;

type Check<T> = (value: unknown) => value is T;

const isFlag: Check<boolean> = (value) => typeof value === 'boolean';
const isShare: Check<number> = (value): value is number =>
  typeof value === 'number' && value >= LEAST_SHARE && value < 1;
const isTuning: Check<number> = (value): value is number =>
  typeof value === 'number' && value >= 1 && value <= MOST_TUNING;
const isDifference: Check<DifferenceType> = (value) => value === 'relative' || value === 'absolute';
const isPrior: Check<Prior> = (value): value is Prior => {
  if (typeof value !== 'object' || value === null) return false;
  const { mean, variance } = value as { readonly [Name in keyof Prior]?: unknown };
  return Number.isFinite(mean) && Number.isFinite(variance) && (variance as number) > 0;
};

/** Each setting from the first layer that has a possible one, else the default. */
export function resolveConfig(...layers: readonly ConfigLayer[]): AnalysisConfig {
  const first = <K extends keyof AnalysisConfig>(
    name: K,
    check: Check<AnalysisConfig[K] & {}>,
  ): AnalysisConfig[K] => layers.map((layer) => layer[name]).find(check) ?? DEFAULTS[name];
  return {
    differenceType: first('differenceType', isDifference),
    alpha: first('alpha', isShare),
    sequentialTesting: first('sequentialTesting', isFlag),
    sequentialTuningParameter: first('sequentialTuningParameter', isTuning),
    ciLevel: first('ciLevel', isShare),
    prior: first('prior', isPrior),
    inverse: first('inverse', isFlag),
    cuped: first('cuped', isFlag),
  };
}
