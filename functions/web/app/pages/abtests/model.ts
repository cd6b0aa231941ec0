import type { Experiment } from './queries.ts';

export type { Experiment };
export type Status = Experiment['status'];
export type MetricKind = 'mean' | 'funnel' | 'ratio' | 'retention';
export type Method = 'bayesian' | 'frequentist';

/** One condition on a property, of metrics and of flags alike. */
export interface PropertyFilter {
  readonly key: string;
  readonly value?: unknown;
  readonly operator?: string | null;
  readonly type?: string | null;
  readonly group_type_index?: number | null;
}

/** Which events count, and what of them. */
export interface Source {
  readonly kind: string;
  readonly event?: string | null;
  readonly math?: string | null;
  readonly math_property?: string | null;
  readonly properties?: readonly PropertyFilter[] | null;
  readonly name?: string | null;
}

/** A metric as the API keeps it; which members there are depends on `metric_type`. */
export interface Metric {
  readonly kind: 'ExperimentMetric';
  readonly metric_type: MetricKind;
  readonly uuid?: string | null;
  readonly fingerprint?: string | null;
  readonly name?: string | null;
  readonly goal?: 'increase' | 'decrease' | null;
  readonly conversion_window?: number | null;
  readonly conversion_window_unit?: string | null;
  readonly source?: Source;
  readonly lower_bound_percentile?: number | null;
  readonly upper_bound_percentile?: number | null;
  readonly ignore_zeros?: boolean | null;
  readonly series?: readonly Source[];
  readonly funnel_order_type?: string | null;
  readonly numerator?: Source;
  readonly denominator?: Source;
  readonly start_event?: Source;
  readonly completion_event?: Source;
  readonly retention_window_start?: number;
  readonly retention_window_end?: number;
  readonly retention_window_unit?: string;
  readonly start_handling?: string;
}

export interface Variant {
  readonly key: string;
  readonly name?: string | null;
  readonly rollout_percentage: number;
}

/** One of what an experiment is judged by. */
export interface Measured {
  readonly id: string;
  readonly metric: Metric;
  readonly name: string;
  readonly primary: boolean;
  /** Of a saved metric that experiments share. */
  readonly savedId?: number;
}

const KINDS: readonly unknown[] = ['mean', 'funnel', 'ratio', 'retention'];

/** Stored documents may be of older kinds, which nothing is worked out for. */
export function metricOf(document: unknown): Metric | undefined {
  if (typeof document !== 'object' || document === null) return undefined;
  const { kind, metric_type } = document as { kind?: unknown; metric_type?: unknown };
  return kind === 'ExperimentMetric' && KINDS.includes(metric_type)
    ? (document as Metric)
    : undefined;
}

const eventName = (source: Source | undefined): string =>
  source?.kind === 'ExperimentExposureNode' ? 'exposure' : (source?.event ?? 'any event');

/** What a metric measures, in a few words. */
export function describeMetric(metric: Metric): string {
  if (metric.metric_type === 'funnel') return (metric.series ?? []).map(eventName).join(' → ');
  if (metric.metric_type === 'ratio') {
    return `${sourceWords(metric.numerator)} ÷ ${sourceWords(metric.denominator)}`;
  }
  if (metric.metric_type === 'retention') {
    const { retention_window_start: from, retention_window_end: to } = metric;
    const span = `${from} to ${to} ${metric.retention_window_unit}s`;
    return `${eventName(metric.start_event)} → ${eventName(metric.completion_event)} within ${span}`;
  }
  return sourceWords(metric.source);
}

const MATH: Readonly<Record<string, string>> = {
  sum: 'sum',
  avg: 'average',
  min: 'least',
  max: 'largest',
};

function sourceWords(source: Source | undefined): string {
  const { math, math_property: property } = source ?? {};
  const event = eventName(source);
  if (math === 'dau') return `whether there was ${event}`;
  if (math === 'unique_session') return `sessions with ${event}`;
  const word = MATH[math ?? ''];
  return word === undefined ? `count of ${event}` : `${word} of ${property ?? '?'} of ${event}`;
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

type Filters = { readonly [name: string]: unknown };

const variantsIn = (list: unknown): readonly Variant[] =>
  Array.isArray(list)
    ? list.filter(
        (each): each is Variant =>
          typeof each?.key === 'string' && typeof each.rollout_percentage === 'number',
      )
    : [];

/** The variants of a flag's filters; none for a flag that is only on or off. */
export function variantsOfFilters(filters: Filters | undefined): readonly Variant[] {
  const multivariate = filters?.multivariate as { variants?: unknown } | null | undefined;
  return variantsIn(multivariate?.variants);
}

/** What the flag says goes; without one, what the experiment was made with. */
export function variantsOf(experiment: Experiment): readonly Variant[] {
  const ofFlag = variantsOfFilters(experiment.feature_flag?.filters);
  return ofFlag.length > 0 ? ofFlag : variantsIn(experiment.parameters?.feature_flag_variants);
}

export const methodOf = ({ stats_config: stats }: Experiment): Method =>
  stats?.method === 'frequentist' ? 'frequentist' : 'bayesian';

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

const DAY_MS = 86_400_000;

/** Whole and broken days from the start to the end, or to now. */
export function daysOf(
  { start_date: start, end_date: end }: Pick<Experiment, 'start_date' | 'end_date'>,
  now = Date.now(),
): number | undefined {
  if (start === null) return undefined;
  return Math.max(0, ((end === null ? now : Date.parse(end)) - Date.parse(start)) / DAY_MS);
}

export const canEdit = ({ user_access_level: level }: Experiment): boolean => level === 'editor';
