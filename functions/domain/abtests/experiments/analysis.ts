import type { ProjectSettings } from '#domain/projects/index.ts';
import { fingerprint } from '../metrics/index.ts';
import { isDoc } from '../refuse.ts';
import type { Doc, Experiment } from './experiment.items.ts';
import { CONTROL } from './variants.ts';

type Defaults = Pick<ProjectSettings, 'statsMethod' | 'confidenceLevel'>;

/** The variant that all others are compared with, as far as a configuration names one. */
export function baselineOf(statsConfig: unknown): string {
  const key = isDoc(statsConfig) ? statsConfig.baseline_variant_key : undefined;
  return typeof key === 'string' ? key : CONTROL;
}

const withDefault = (config: unknown, name: string, value: number): Doc => ({
  [name]: value,
  ...(isDoc(config) ? config : {}),
});

/** The statistics of a new experiment: what its maker leaves open is as the project has it. */
export function newStatsConfig(
  config: Doc | null,
  { statsMethod = 'bayesian', confidenceLevel }: Defaults,
): Doc {
  const named = { ...config, method: config?.method ?? statsMethod };
  if (confidenceLevel === undefined) return named;
  const alpha = Number((1 - confidenceLevel).toFixed(12));
  return {
    ...named,
    bayesian: withDefault(config?.bayesian, 'ci_level', confidenceLevel),
    frequentist: withDefault(config?.frequentist, 'alpha', alpha),
  };
}

/** A new experiment leaves the project's own people out, unless its maker says otherwise. */
export const newExposureCriteria = (criteria: Doc | null): Doc => ({
  filterTestAccounts: true,
  ...criteria,
});

/** What a result depends on beside its metric: another of these is another result. */
export function fingerprinted(experiment: Experiment): Experiment {
  const withOwn = (metric: Doc): Doc => ({
    ...metric,
    fingerprint: fingerprintOf(experiment, metric),
  });
  return {
    ...experiment,
    metrics: experiment.metrics.map(withOwn),
    metricsSecondary: experiment.metricsSecondary.map(withOwn),
  };
}

/** What tells a metric's results in this experiment from others. */
export const fingerprintOf = (experiment: Experiment, metric: Doc): string =>
  fingerprint(metric, {
    startDate: experiment.startDate,
    statsMethod: experiment.statsConfig?.method,
    exposureCriteria: experiment.exposureCriteria,
    onlyCountMaturedUsers: experiment.onlyCountMaturedUsers,
    excludedVariants: experiment.parameters?.excluded_variants,
  });
