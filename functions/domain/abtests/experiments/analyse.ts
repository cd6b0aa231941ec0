import type { Analysis, Method, SampleRatio } from '#domain/stats/index.ts';
import type { Context } from '#kernel/context.ts';
import { parseMetric } from '../metrics/index.ts';
import { computeExposures, type Exposures, findResult, sampleRatioOf } from '../results/index.ts';
import { fingerprintOf } from './analysis.ts';
import type { ExperimentPlace } from './experiment.items.ts';
import { questionOf, requestOf } from './question.ts';
import { variantsOf } from './variants.ts';

/** What an experiment says of a metric, and since when. */
export interface ExperimentResult {
  readonly analysis: Analysis;
  readonly method: Method;
  readonly computedOn: number;
  readonly isCached: boolean;
}

/**
 * What an experiment says of a metric, which need not be one of its own: as it was a few minutes ago, unless
 * it is to be worked out anew. `metric` is unchecked. Throws `invalid` for what is no metric or cannot be
 * computed, `unavailable` where events cannot be asked.
 */
export async function analyseExperiment(
  ctx: Context,
  place: ExperimentPlace,
  metric: unknown,
  options: { readonly refresh: boolean },
): Promise<ExperimentResult> {
  const parsed = parseMetric(metric, 'query__metric');
  const question = await questionOf(ctx, place);
  const request = requestOf(question, parsed, fingerprintOf(question.experiment, parsed));
  const { result, isCached } = await findResult(ctx, request, options);
  const { analysis, computedOn } = result;
  return { analysis, computedOn, isCached, method: question.settings.method };
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
