/** Metrics and variants as the API keeps them, apart from what it answers as a whole. */
export type MetricKind = 'mean' | 'funnel' | 'ratio' | 'retention';
export type Method = 'bayesian' | 'frequentist';

/** A document whose members others may add to. */
export type Doc = { readonly [name: string]: unknown };

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

export const variantsIn = (list: unknown): readonly Variant[] =>
  Array.isArray(list)
    ? list.filter(
        (each): each is Variant =>
          typeof each?.key === 'string' && typeof each.rollout_percentage === 'number',
      )
    : [];

/** The variants of a flag's filters; none for a flag that is only on or off. */
export function variantsOfFilters(filters: Doc | undefined): readonly Variant[] {
  const multivariate = filters?.multivariate as { variants?: unknown } | null | undefined;
  return variantsIn(multivariate?.variants);
}
