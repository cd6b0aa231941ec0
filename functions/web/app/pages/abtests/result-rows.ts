import { csvLines } from '../../data/csv-text.ts';
import type { Metric, MetricKind } from './metric.ts';

interface Sums {
  readonly key: string;
  readonly number_of_samples: number;
  readonly sum: number;
  readonly denominator_sum?: number;
  readonly step_counts?: readonly number[];
  readonly validation_failures: readonly string[];
}

interface VariantResult extends Sums {
  readonly significant?: boolean;
  readonly chance_to_win?: number;
  readonly credible_interval?: readonly number[];
  readonly p_value?: number;
  readonly confidence_interval?: readonly number[];
}

/** What of an answer the rows of a table are made of. */
export interface Analysis {
  readonly baseline: Sums;
  readonly variant_results: readonly VariantResult[];
}

/** A variant of a result as a table shows it. */
export interface ResultRow {
  readonly key: string;
  readonly isBaseline: boolean;
  readonly people: number;
  /** Mean, share or ratio; `undefined` where nobody is counted. */
  readonly value: number | undefined;
  /** The difference from the baseline that is most likely, and where it may lie. */
  readonly estimate?: number;
  readonly low?: number;
  readonly high?: number;
  /** That the variant is better, by the goal of the metric. */
  readonly chanceToWin?: number;
  readonly pValue?: number;
  readonly significant?: boolean;
  readonly failures: readonly string[];
  readonly steps?: readonly number[];
}

/** A mean of a person, a share of those who did it, or what is had for each of something else. */
export function measuredValue(kind: MetricKind, sums: Sums): number | undefined {
  const perOther = kind === 'ratio' || kind === 'retention';
  const by = perOther ? (sums.denominator_sum ?? 0) : sums.number_of_samples;
  return by > 0 ? sums.sum / by : undefined;
}

const plainRow = (kind: MetricKind, sums: Sums) => ({
  key: sums.key,
  people: sums.number_of_samples,
  value: measuredValue(kind, sums),
  failures: sums.validation_failures,
  ...(sums.step_counts !== undefined && { steps: sums.step_counts }),
});

/** Both kinds of interval lie around their estimate. */
function comparison(metric: Metric, variant: VariantResult): Partial<ResultRow> {
  const [low, high] = variant.credible_interval ?? variant.confidence_interval ?? [];
  if (low === undefined || high === undefined) return {};
  const { chance_to_win: chance, p_value: pValue, significant } = variant;
  return {
    low,
    high,
    estimate: (low + high) / 2,
    ...(chance !== undefined && {
      chanceToWin: metric.goal === 'decrease' ? 1 - chance : chance,
    }),
    ...(pValue !== undefined && { pValue }),
    ...(significant !== undefined && { significant }),
  };
}

/** The baseline first, then the variants in the order of the answer. */
export function rowsOf(metric: Metric, result: Analysis): readonly ResultRow[] {
  const kind = metric.metric_type;
  return [
    { ...plainRow(kind, result.baseline), isBaseline: true },
    ...result.variant_results.map((variant) => ({
      ...plainRow(kind, variant),
      ...comparison(metric, variant),
      isBaseline: false,
    })),
  ];
}

export type Verdict = 'better' | 'worse' | 'open' | 'too-little' | 'baseline';

/** What a row comes to, by the goal of its metric. */
export function verdictOf(metric: Metric, row: ResultRow): Verdict {
  if (row.isBaseline) return 'baseline';
  if (row.estimate === undefined || row.significant === undefined) return 'too-little';
  if (!row.significant) return 'open';
  return row.estimate > 0 === (metric.goal !== 'decrease') ? 'better' : 'worse';
}

/** How far intervals reach from zero, for an axis that several results share. */
export function reachOf(rows: readonly ResultRow[]): number {
  const ends = rows.flatMap(({ low, high }) => [low ?? 0, high ?? 0]).map(Math.abs);
  const most = Math.max(0, ...ends.filter(Number.isFinite));
  return most === 0 ? 0.1 : most * 1.05;
}

export interface Exported {
  readonly name: string;
  readonly metric: Metric;
  readonly result: Analysis & { readonly last_refresh: string };
}

const HEAD = [
  'metric',
  'kind',
  'variant',
  'people',
  'value',
  'difference',
  'interval_low',
  'interval_high',
  'chance_to_win',
  'p_value',
  'significant',
  'worked_out_at',
];

/** All results as a table for other programs. */
export function resultsCsv(results: readonly Exported[]): string {
  const lines = results.flatMap(({ name, metric, result }) =>
    rowsOf(metric, result).map((row) => [
      name,
      metric.metric_type,
      row.key,
      row.people,
      row.value,
      row.estimate,
      row.low,
      row.high,
      row.chanceToWin,
      row.pValue,
      row.significant,
      result.last_refresh,
    ]),
  );
  return csvLines([HEAD, ...lines]);
}
