import { type Analysis, analyse, type SampleRatio, sampleRatio } from '#domain/stats/index.ts';
import type { Context } from '#kernel/context.ts';
import type { StatsSettings } from '../metrics/index.ts';
import type { Exposures } from './compute-exposures.ts';
import {
  computeMetric,
  type MetricQuestion,
  metricOf,
  type VariantSums,
} from './compute-metric.ts';

const EMPTY = { n: 0, sum: 0, sumSquares: 0 };

/** The centred numbers are what statistics are made of; people are shown the sums as they were counted. */
const withSums = <T extends { readonly key: string }>(
  analysed: T,
  variants: readonly VariantSums[],
): T => ({ ...analysed, ...variants.find(({ key }) => key === analysed.key)?.sums });

/** What an experiment says of a metric: its sums by variant, and each variant against the baseline. */
export async function analyseMetric(
  ctx: Context,
  question: MetricQuestion,
  { method, config }: StatsSettings,
): Promise<Analysis> {
  const { variants, hasCovariate } = await computeMetric(ctx, question);
  const { baseline } = question.window;
  const own = variants.find(({ key }) => key === baseline);
  const analysis = analyse({
    method,
    config: { ...config, cuped: hasCovariate },
    metricKind: metricOf(question.metric).metric_type,
    baseline:
      own === undefined
        ? { key: baseline, ...EMPTY }
        : { key: baseline, ...own.centred, stepCounts: own.sums.stepCounts },
    variants: variants
      .filter(({ key }) => key !== baseline)
      .map(({ key, centred, sums }) => ({ key, ...centred, stepCounts: sums.stepCounts })),
  });
  return {
    baseline: withSums(analysis.baseline, variants),
    variants: analysis.variants.map((variant) => withSums(variant, variants)),
  };
}

/** Whether variants got the people that their percentages promised. */
export function sampleRatioOf(
  { variants }: Exposures,
  rollout: ReadonlyMap<string, number>,
  excludedVariants: readonly string[] = [],
): SampleRatio | undefined {
  const exposed = variants.flatMap(({ key, total }) => {
    const rolloutPercentage = rollout.get(key);
    return rolloutPercentage === undefined ? [] : [{ key, exposures: total, rolloutPercentage }];
  });
  return sampleRatio(exposed, excludedVariants);
}
