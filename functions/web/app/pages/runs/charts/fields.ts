import type { FieldValue } from './axis.ts';
import { type ChartRun, metricKeysOf, paramKeysOf } from './chart-run.ts';

/** A param or a metric of runs, as addresses name it: `p:lr`, `m:loss`. */
export interface RunField {
  readonly id: string;
  readonly kind: 'param' | 'metric';
  readonly key: string;
}

export const metricField = (key: string): RunField => ({ id: `m:${key}`, kind: 'metric', key });
export const paramField = (key: string): RunField => ({ id: `p:${key}`, kind: 'param', key });

export const fieldsOf = (runs: readonly ChartRun[]): readonly RunField[] => [
  ...paramKeysOf(runs).map(paramField),
  ...metricKeysOf(runs).map(metricField),
];

export const fieldValue = (run: ChartRun, { kind, key }: RunField): FieldValue =>
  kind === 'metric' ? run.metrics.get(key) : run.params.get(key);
