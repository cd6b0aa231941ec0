import { metricKeysOf, metricOf, paramKeysOf, paramOf, type Run } from '../run-data.ts';
import type { FieldValue } from './axis.ts';

/** A param or a metric of runs, as addresses name it: `p:lr`, `m:loss`. */
export interface RunField {
  readonly id: string;
  readonly kind: 'param' | 'metric';
  readonly key: string;
}

export const metricField = (key: string): RunField => ({ id: `m:${key}`, kind: 'metric', key });
export const paramField = (key: string): RunField => ({ id: `p:${key}`, kind: 'param', key });

export const fieldsOf = (runs: readonly Run[]): readonly RunField[] => [
  ...paramKeysOf(runs).map(paramField),
  ...metricKeysOf(runs).map(metricField),
];

export const fieldValue = (run: Run, { kind, key }: RunField): FieldValue =>
  kind === 'metric' ? metricOf(run, key) : paramOf(run, key);

/** Params in which runs differ, in the order of their names; one that a run lacks differs, too. */
export const differingParams = (runs: readonly Run[]): readonly string[] =>
  paramKeysOf(runs).filter((key) => new Set(runs.map((run) => paramOf(run, key))).size > 1);
