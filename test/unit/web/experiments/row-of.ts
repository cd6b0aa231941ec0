import {
  type RunRow,
  toRow,
} from '../../../../functions/web/app/pages/experiments/runs/run-row.ts';

interface Given {
  readonly metrics?: Readonly<Record<string, number | 'NaN'>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly status?: RunRow['status'];
  readonly name?: string;
  readonly start?: number;
  readonly end?: number;
}

const pairs = <Value>(values: Readonly<Record<string, Value>> = {}) =>
  Object.entries(values).map(([key, value]) => ({ key, value }));

/** A run as the API gives it, made a row. */
export const rowOf = (id: string, given: Given = {}): RunRow =>
  toRow({
    info: {
      run_id: id,
      run_name: given.name ?? `run ${id}`,
      user_id: 'ada',
      status: given.status ?? 'FINISHED',
      start_time: given.start ?? 1_000,
      ...(given.end !== undefined && { end_time: given.end }),
      lifecycle_stage: 'active',
    },
    data: {
      metrics: pairs(given.metrics),
      params: pairs(given.params),
      tags: pairs(given.tags),
    },
  });
