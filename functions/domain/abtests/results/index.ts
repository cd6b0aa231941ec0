export { analyseMetric, sampleRatioOf } from './analyse-metric.ts';
export { computeExposures, type Exposures } from './compute-exposures.ts';
export { computeMetric, type MetricQuestion, type MetricSums } from './compute-metric.ts';
export type { ExperimentWindow } from './window.ts';
