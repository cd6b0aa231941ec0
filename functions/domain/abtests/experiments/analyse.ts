import type { Analysis, Method, SampleRatio } from '#domain/stats/index.ts';
import type { Context } from '#kernel/context.ts';
import { parseMetric } from '../metrics/index.ts';
import {
  analyseMetric,
  computeExposures,
  type Exposures,
  sampleRatioOf,
} from '../results/index.ts';
import type { ExperimentPlace } from './experiment.items.ts';
import { questionOf } from './question.ts';
import { variantsOf } from './variants.ts';

/**
 * What an experiment says of a metric, which need not be one of its own. `metric` is unchecked. Throws
 * `invalid` for what is no metric or cannot be computed, `unavailable` where events cannot be asked.
 */
export async function analyseExperiment(
  ctx: Context,
  place: ExperimentPlace,
  metric: unknown,
): Promise<{ readonly analysis: Analysis; readonly method: Method }> {
  const parsed = parseMetric(metric, 'query__metric');
  const { window, settings } = await questionOf(ctx, place);
  const analysis = await analyseMetric(ctx, { window, metric: parsed }, settings);
  return { analysis, method: settings.method };
}

export interface ExperimentExposures {
  readonly exposures: Exposures;
  /** Whether variants got the people that they were promised; absent while there are too few. */
  readonly ratio: SampleRatio | undefined;
  readonly startDate: number;
  readonly endDate: number;
}

/** Whom an experiment has reached, day by day. Throws as {@link analyseExperiment}. */
export async function experimentExposures(
  ctx: Context,
  place: ExperimentPlace,
): Promise<ExperimentExposures> {
  const { window, flag } = await questionOf(ctx, place);
  const exposures = await computeExposures(ctx, window);
  const variants = flag === undefined ? [] : variantsOf(flag);
  const rollout = new Map(variants.map((each) => [each.key, each.rollout_percentage]));
  const ratio = sampleRatioOf(exposures, rollout, window.excludedVariants);
  return { exposures, ratio, startDate: window.startDate, endDate: window.endDate };
}
