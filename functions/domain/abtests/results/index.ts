export { analyseMetric, sampleRatioOf } from './analyse-metric.ts';
export { computeExposures, type Exposures } from './compute-exposures.ts';
export { computeMetric, type MetricQuestion, type MetricSums } from './compute-metric.ts';
export { type FoundResult, findResult } from './find-result.ts';
export { recalculate, type Started } from './recalculate.ts';
export type {
  Recalculation,
  ResultPlace,
  ResultRequest,
} from './result.items.ts';
export { runRecalculations, sweepRecalculations } from './run-recalculations.ts';
export { type Series, type SeriesQuestion, timeseriesOf } from './timeseries.ts';
export type { ExperimentWindow } from './window.ts';
