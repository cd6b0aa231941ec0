import type { Metric } from './metric.ts';
import type { Analysis } from './result-rows.ts';
import { rowsOf } from './result-rows.ts';

export type PlannedKind = 'count' | 'value' | 'funnel' | 'retention' | 'ratio';

/** What a plan of an experiment that runs is made of: its own baseline, and its own pace. */
export interface PlanAsked {
  readonly metric_type: PlannedKind;
  readonly baseline: number;
  readonly variance?: number;
  readonly minimum_detectable_effect: number;
  readonly number_of_variants: number;
}

function kindOf({ metric_type: kind, source }: Metric): PlannedKind {
  if (kind !== 'mean') return kind;
  const isCount = ['total', 'unique_session', 'dau'].includes(source?.math ?? 'total');
  return isCount ? 'count' : 'value';
}

/** `undefined` where nothing can be planned: no effect was named, or there is too little to tell. */
export function planOf(metric: Metric, analysis: Analysis, effect: unknown): PlanAsked | undefined {
  if (typeof effect !== 'number' || !(effect > 0)) return undefined;
  const baseline = rowsOf(metric, analysis)[0]?.value;
  if (baseline === undefined || !(baseline > 0)) return undefined;
  const kind = kindOf(metric);
  // The variance of a ratio is not among what results tell.
  if (kind === 'ratio') return undefined;
  if ((kind === 'funnel' || kind === 'retention') && baseline >= 1) return undefined;
  return {
    metric_type: kind,
    baseline,
    ...(kind === 'retention' && { variance: baseline * (1 - baseline) }),
    minimum_detectable_effect: effect,
    number_of_variants: Math.max(2, analysis.variant_results.length + 1),
  };
}

/** Whole days still to go at the pace so far; `undefined` in the first day, which tells too little. */
export function daysLeft(needed: number, people: number, days: number): number | undefined {
  if (people >= needed) return 0;
  if (days < 1 || people < 100) return undefined;
  return Math.ceil((needed - people) / (people / days));
}
