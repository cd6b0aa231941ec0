export {
  type AnalysedBaseline,
  type AnalysedVariant,
  type Analysis,
  type AnalysisInput,
  analyse,
  type Variant,
} from './analyse.ts';
export type { Prior } from './bayesian.ts';
export type { BayesianStatistics, FrequentistStatistics, Method, Statistics } from './compare.ts';
export { type AnalysisConfig, type ConfigLayer, resolveConfig } from './config.ts';
export { studentTQuantile } from './distributions/student-t.ts';
export type { DifferenceType } from './effects.ts';
export type { ValidationFailure } from './gates.ts';
export type { MetricKind } from './moments.ts';
export {
  daysFor,
  type Plan,
  type PlannedMetric,
  type Progress,
  plannedMetric,
  power,
  remainingDays,
  sampleSize,
} from './running-time.ts';
export { type ExposedVariant, type SampleRatio, sampleRatio } from './sample-ratio.ts';
export {
  accumulate,
  type CentredStatistics,
  mergeStatistics,
  type Observation,
  type SufficientStatistics,
  toCentred,
  toSums,
} from './summaries.ts';
