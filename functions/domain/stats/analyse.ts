import { compare, type Method, type Statistics } from './compare.ts';
import { type ConfigLayer, resolveConfig } from './config.ts';
import { type ValidationFailure, validationFailures } from './gates.ts';
import type { MetricKind } from './moments.ts';
import {
  type CentredStatistics,
  type SufficientStatistics,
  toCentred,
  toSums,
} from './summaries.ts';

/** Centred statistics keep the digits that sums lose where values are large and vary little. */
export type Variant = { readonly key: string } & (SufficientStatistics | CentredStatistics);

export interface AnalysisInput {
  readonly method: Method;
  readonly config?: ConfigLayer;
  readonly metricKind: MetricKind;
  readonly baseline: Variant;
  readonly variants: readonly Variant[];
}

export interface AnalysedBaseline extends SufficientStatistics {
  readonly key: string;
  readonly validationFailures: readonly ValidationFailure[];
}

export interface AnalysedVariant extends AnalysedBaseline {
  /** Absent where the data fail a check, or say nothing of the difference. */
  readonly statistics?: Statistics;
}

export interface Analysis {
  readonly baseline: AnalysedBaseline;
  readonly variants: readonly AnalysedVariant[];
}

/** What an experiment says of one metric: each variant against the baseline. Never throws. */
export function analyse(input: AnalysisInput): Analysis {
  const { method, metricKind } = input;
  const config = resolveConfig(input.config ?? {});
  const control = read(metricKind, input.baseline, true);
  const variants = input.variants.map((variant) => {
    const { centred, analysed } = read(metricKind, variant, false);
    const isUsable = [control.analysed, analysed].every(
      (each) => each.validationFailures.length === 0,
    );
    const statistics = isUsable
      ? compare(method, config, metricKind, control.centred, centred)
      : undefined;
    return statistics ? { ...analysed, statistics } : analysed;
  });
  return { baseline: control.analysed, variants };
}

function read(kind: MetricKind, variant: Variant, isBaseline: boolean) {
  const [sums, centred] =
    'sumSquares' in variant ? [variant, toCentred(variant)] : [toSums(variant), variant];
  const failures = validationFailures(kind, sums, isBaseline);
  return { centred, analysed: { ...sums, key: variant.key, validationFailures: failures } };
}
