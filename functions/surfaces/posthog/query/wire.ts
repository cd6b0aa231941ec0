import * as z from 'zod';
import type { ExperimentExposures, ExperimentResult } from '#domain/abtests/index.ts';
import type { AnalysedBaseline, AnalysedVariant, Analysis, Method } from '#domain/stats/index.ts';
import { isoTime } from '../people.ts';

const interval = z.array(z.number()).length(2);

const sums = {
  key: z.string(),
  number_of_samples: z.number(),
  sum: z.number(),
  sum_squares: z.number(),
  denominator_sum: z.number().optional(),
  denominator_sum_squares: z.number().optional(),
  numerator_denominator_sum_product: z.number().optional(),
  covariate_sum: z.number().optional(),
  covariate_sum_squares: z.number().optional(),
  covariate_sum_product: z.number().optional(),
  step_counts: z.array(z.number()).optional(),
  validation_failures: z.array(z.string()),
};

const VariantAnswer = z.object({
  ...sums,
  method: z.enum(['bayesian', 'frequentist']),
  significant: z.boolean().optional(),
  chance_to_win: z.number().optional(),
  credible_interval: interval.optional(),
  p_value: z.number().optional(),
  confidence_interval: interval.optional(),
});
type VariantAnswer = z.infer<typeof VariantAnswer>;

/** A result of one metric, up to some time. */
export const AnalysisAnswer = z.object({
  kind: z.literal('ExperimentQuery'),
  baseline: z.object(sums),
  variant_results: z.array(VariantAnswer),
});

export const ResultAnswer = z.object({
  ...AnalysisAnswer.shape,
  is_cached: z.boolean(),
  last_refresh: z.string(),
});

export const ExposureAnswer = z.object({
  kind: z.literal('ExperimentExposureQuery'),
  timeseries: z.array(
    z.object({
      variant: z.string(),
      days: z.array(z.string()),
      exposure_counts: z.array(z.number()),
    }),
  ),
  total_exposures: z.record(z.string(), z.number()),
  date_range: z.object({ date_from: z.string(), date_to: z.string() }),
  sample_ratio_mismatch: z
    .object({ expected: z.record(z.string(), z.number()), p_value: z.number() })
    .nullable(),
  bias_risk: z.null(),
});

/** What is absent stays so. */
const said = <T extends object>(members: T): T =>
  Object.fromEntries(Object.entries(members).filter(([, each]) => each !== undefined)) as T;

const toSums = (variant: AnalysedBaseline) =>
  said({
    key: variant.key,
    number_of_samples: variant.n,
    sum: variant.sum,
    sum_squares: variant.sumSquares,
    denominator_sum: variant.denominatorSum,
    denominator_sum_squares: variant.denominatorSumSquares,
    numerator_denominator_sum_product: variant.numeratorDenominatorSumProduct,
    covariate_sum: variant.covariateSum,
    covariate_sum_squares: variant.covariateSumSquares,
    covariate_sum_product: variant.covariateSumProduct,
    step_counts: variant.stepCounts && [...variant.stepCounts],
    validation_failures: [...variant.validationFailures],
  });

function toStatistics({ statistics }: AnalysedVariant): Partial<VariantAnswer> {
  if (statistics === undefined) return {};
  const { significant } = statistics;
  return statistics.method === 'bayesian'
    ? {
        significant,
        chance_to_win: statistics.chanceToWin,
        credible_interval: [...statistics.credibleInterval],
      }
    : {
        significant,
        p_value: statistics.pValue,
        confidence_interval: [...statistics.confidenceInterval],
      };
}

/** An analysis as answers show it; a variant without statistics has too little to tell. */
export const toAnalysis = (
  { baseline, variants }: Analysis,
  method: Method,
): z.infer<typeof AnalysisAnswer> => ({
  kind: 'ExperimentQuery',
  baseline: toSums(baseline),
  variant_results: variants.map((variant) => ({
    ...toSums(variant),
    method,
    ...toStatistics(variant),
  })),
});

export const toResult = ({
  analysis,
  method,
  isCached,
  computedOn,
}: ExperimentResult): z.infer<typeof ResultAnswer> => ({
  ...toAnalysis(analysis, method),
  is_cached: isCached,
  last_refresh: isoTime(computedOn),
});

/** Exposures as answers show them. */
export function toExposures({
  exposures: { days, variants },
  ratio,
  startDate,
  endDate,
}: ExperimentExposures): z.infer<typeof ExposureAnswer> {
  return {
    kind: 'ExperimentExposureQuery',
    timeseries: variants.map(({ key, counts }) => ({
      variant: key,
      days: [...days],
      exposure_counts: [...counts],
    })),
    total_exposures: Object.fromEntries(variants.map(({ key, total }) => [key, total])),
    date_range: { date_from: isoTime(startDate), date_to: isoTime(endDate) },
    sample_ratio_mismatch:
      ratio === undefined
        ? null
        : {
            expected: Object.fromEntries(
              ratio.expected.map(({ key, exposures }) => [key, exposures]),
            ),
            p_value: ratio.pValue,
          },
    bias_risk: null,
  };
}
