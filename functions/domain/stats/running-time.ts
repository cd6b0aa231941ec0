import { normalCdf, normalQuantile } from './distributions/normal.ts';
import { momentsOf } from './moments.ts';
import type { CentredStatistics } from './summaries.ts';

/** What a plan knows of a metric. Means are of counts of events, or of sums and averages of values. */
export interface PlannedMetric {
  readonly kind: 'count' | 'value' | 'funnel' | 'ratio' | 'retention';
  /** The mean, rate or ratio of the baseline. */
  readonly baseline: number;
  /** Of one entity; needed for ratios and retention, ignored for others. */
  readonly variance?: number | undefined;
}

export interface Plan {
  readonly metric: PlannedMetric;
  /** The least relative change of the baseline worth finding, in percent. */
  readonly mdePercent?: number;
  /** The baseline counts as one. */
  readonly variants?: number;
}

const DEFAULT_MDE_PERCENT = 30;
const DEFAULT_VARIANTS = 2;
const PER_ARM = 16;
const LEAST_DAYS = 1;
const LEAST_EXPOSURES = 100;
/** 16 · 0.09 / 0.05² is a little more than 576 in binary; nobody is asked for one entity more. */
const ROUNDING = 1e-12;

/**
 * Entities in all arms together: 16 V / d² in each, for 5 % two-sided and 80 % power (van Belle,
 * Statistical Rules of Thumb, 2.1). 16 rounds 2 (1.96 + 0.84)² = 15.7 up, so the power is 80.7 %.
 * It holds for absolute differences: a relative one is divided by a baseline that varies as well,
 * which costs power where the change is an increase. Undefined where nothing can be planned.
 */
export function sampleSize(plan: Plan): number | undefined {
  const { effect, variance, variants } = terms(plan);
  const total = ((PER_ARM * variance) / effect ** 2) * variants;
  return total > 0 && total < Infinity ? Math.ceil(total * (1 - ROUNDING)) : undefined;
}

/** The chance to find the planned change with so many entities in all arms together. */
export function power(plan: Plan, entities: number, alpha = 0.05): number | undefined {
  const { effect, variance, variants } = terms(plan);
  const shift = Math.abs(effect) * Math.sqrt(entities / (2 * variants * variance));
  if (!(effect !== 0 && shift >= 0 && shift < Infinity)) return undefined;
  const critical = normalQuantile(1 - alpha / 2);
  return normalCdf(shift - critical) + normalCdf(-shift - critical);
}

/** Whole days until so many entities were exposed. */
export const daysFor = (entities: number, exposuresPerDay: number): number | undefined =>
  entities >= 0 && exposuresPerDay > 0 ? Math.ceil(entities / exposuresPerDay) : undefined;

export interface Progress {
  /** Entities in all arms together, as planned. */
  readonly needed: number;
  readonly exposures: number;
  readonly daysRunning: number;
  /** As planned, for the time in which there is too little to tell. */
  readonly exposuresPerDay?: number | undefined;
}

/** Whole days still to go: by the experiment's own pace from its first day and 100 exposures on. */
export function remainingDays(progress: Progress): number | undefined {
  const { needed, exposures, daysRunning, exposuresPerDay } = progress;
  const isLive = daysRunning >= LEAST_DAYS && exposures >= LEAST_EXPOSURES;
  const pace = isLive ? exposures / daysRunning : (exposuresPerDay ?? Number.NaN);
  return daysFor(Math.max(0, needed - exposures), pace);
}

/** The plan's view of a baseline that is already measured; variances are those of the population. */
export function plannedMetric(
  kind: PlannedMetric['kind'],
  data: CentredStatistics,
): PlannedMetric | undefined {
  const isMean = kind === 'count' || kind === 'value';
  const moments = momentsOf(isMean ? 'mean' : kind, data);
  if (!moments) return undefined;
  const { n, mean, variance } = moments;
  return isMean || kind === 'funnel'
    ? { kind, baseline: mean }
    : { kind, baseline: mean, variance: (variance * (n - 1)) / n };
}

function terms({ metric, mdePercent, variants }: Plan) {
  return {
    effect: ((mdePercent ?? DEFAULT_MDE_PERCENT) / 100) * metric.baseline,
    variance: varianceOf(metric),
    variants: variants ?? DEFAULT_VARIANTS,
  };
}

/** Counts vary more than Poisson's, as a rule twice as much; values by half of their mean. */
function varianceOf({ kind, baseline, variance }: PlannedMetric): number {
  if (kind === 'count') return 2 * baseline;
  if (kind === 'value') return 0.25 * baseline ** 2;
  if (kind === 'funnel') return baseline * (1 - baseline);
  return variance ?? Number.NaN;
}
