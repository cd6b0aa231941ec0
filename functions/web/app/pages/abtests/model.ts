import {
  describeMetric,
  type Method,
  type Metric,
  metricOf,
  type Variant,
  variantsIn,
  variantsOfFilters,
} from './metric.ts';
import type { Experiment } from './queries.ts';

export type { Experiment };
export type Status = Experiment['status'];
/** One of what an experiment is judged by. */
export interface Measured {
  readonly id: string;
  readonly metric: Metric;
  readonly name: string;
  readonly primary: boolean;
  /** Of a saved metric that experiments share. */
  readonly savedId?: number;
}

const inOrder = (measures: readonly Measured[], uuids: readonly string[] | null): Measured[] => {
  const place = ({ metric }: Measured): number => {
    const at = uuids?.indexOf(metric.uuid ?? '') ?? -1;
    return at < 0 ? Number.MAX_SAFE_INTEGER : at;
  };
  return measures.toSorted((a, b) => place(a) - place(b));
};

/** All metrics of an experiment, its own and the saved ones, in the order that people gave them. */
export function measuresOf(experiment: Experiment): readonly Measured[] {
  const own = (documents: readonly unknown[], primary: boolean): Measured[] =>
    documents.flatMap((document, at) => {
      const metric = metricOf(document);
      if (metric === undefined) return [];
      const id = metric.uuid ?? `${primary ? 'primary' : 'secondary'}-${at}`;
      return [{ id, metric, primary, name: metric.name || describeMetric(metric) }];
    });
  const saved = experiment.saved_metrics.flatMap((link): Measured[] => {
    const metric = metricOf(link.query);
    if (metric === undefined) return [];
    const primary = link.metadata.type !== 'secondary';
    return [
      { id: `saved-${link.id}`, metric, primary, name: link.name, savedId: link.saved_metric },
    ];
  });
  const primary = [...own(experiment.metrics, true), ...saved.filter((each) => each.primary)];
  const others = [
    ...own(experiment.metrics_secondary, false),
    ...saved.filter((each) => !each.primary),
  ];
  return [
    ...inOrder(primary, experiment.primary_metrics_ordered_uuids),
    ...inOrder(others, experiment.secondary_metrics_ordered_uuids),
  ];
}

/** What the flag says goes; without one, what the experiment was made with. */
export function variantsOf(experiment: Experiment): readonly Variant[] {
  const ofFlag = variantsOfFilters(experiment.feature_flag?.filters);
  return ofFlag.length > 0 ? ofFlag : variantsIn(experiment.parameters?.feature_flag_variants);
}

const recordOf = (value: unknown): { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null ? (value as { [name: string]: unknown }) : {};

/** The numbers of the statistics that people chose. */
export function statsOf({ stats_config: stats }: Pick<Experiment, 'stats_config'>) {
  const [bayesian, frequentist] = [recordOf(stats?.bayesian), recordOf(stats?.frequentist)];
  const alpha = typeof frequentist.alpha === 'number' ? frequentist.alpha : 0.05;
  const level = typeof bayesian.ci_level === 'number' ? bayesian.ci_level : 0.95;
  const method: Method = stats?.method === 'frequentist' ? 'frequentist' : 'bayesian';
  const own = method === 'bayesian' ? bayesian : frequentist;
  return {
    method,
    confidence: method === 'bayesian' ? level : 1 - alpha,
    sequential: method === 'frequentist' && frequentist.sequential_testing_enabled === true,
    tuning: Number(frequentist.sequential_tuning_parameter ?? 5000),
    absolute: String(own.difference_type).toLowerCase() === 'absolute',
    cuped: recordOf(stats?.cuped).enabled === true,
    lookbackDays: Number(recordOf(stats?.cuped).lookback_days ?? 14),
    baseline:
      typeof stats?.baseline_variant_key === 'string' ? stats.baseline_variant_key : 'control',
  };
}

export const canEdit = ({ user_access_level: level }: Experiment): boolean => level === 'editor';
