import type { Metric, MetricKind, Source } from './metric.ts';

export const KINDS: readonly (readonly [MetricKind, string])[] = [
  ['mean', 'Mean: something counted or summed for each person'],
  ['funnel', 'Funnel: the share of people who get through steps'],
  ['ratio', 'Ratio: one thing for each other thing'],
  ['retention', 'Retention: the share of people who come back'],
];

export const MATH: readonly (readonly [string, string])[] = [
  ['total', 'count of events'],
  ['sum', 'sum of a property'],
  ['avg', 'average of a property'],
  ['min', 'least of a property'],
  ['max', 'largest of a property'],
  ['unique_session', 'count of sessions'],
  ['dau', 'whether there was any'],
];

export const UNITS = ['minute', 'hour', 'day', 'week', 'month'] as const;

const ofProperty: readonly unknown[] = ['sum', 'avg', 'min', 'max'];
export const needsProperty = ({ math }: Source): boolean => ofProperty.includes(math);

export const emptySource = (): Source => ({ kind: 'EventsNode', event: '', math: 'total' });
const step = (): Source => ({ kind: 'EventsNode', event: '' });

const PARTS: Readonly<Record<MetricKind, () => Partial<Metric>>> = {
  mean: () => ({ source: emptySource() }),
  funnel: () => ({ series: [step(), step()], funnel_order_type: 'ordered' }),
  ratio: () => ({ numerator: emptySource(), denominator: emptySource() }),
  retention: () => ({
    start_event: { kind: 'ExperimentExposureNode' },
    completion_event: step(),
    retention_window_start: 1,
    retention_window_end: 7,
    retention_window_unit: 'day',
    start_handling: 'first_seen',
  }),
};

/** A metric to be filled in; another kind keeps what all kinds have. */
export function draftOf(kind: MetricKind, before?: Metric): Metric {
  const kept = before === undefined ? {} : common(before);
  return {
    kind: 'ExperimentMetric',
    goal: 'increase',
    ...kept,
    metric_type: kind,
    ...PARTS[kind](),
  };
}

const common = ({ uuid, name, goal, conversion_window, conversion_window_unit }: Metric) => ({
  ...(uuid !== undefined && { uuid }),
  ...(name !== undefined && { name }),
  ...(goal !== undefined && { goal }),
  ...(conversion_window !== undefined && { conversion_window }),
  ...(conversion_window_unit !== undefined && { conversion_window_unit }),
});

function sourcesOf(metric: Metric): readonly Source[] {
  const { source, numerator, denominator, start_event: start, completion_event: end } = metric;
  return [source, ...(metric.series ?? []), numerator, denominator, start, end].filter(
    (each): each is Source => each !== undefined,
  );
}

/** What still is to be said, in words; nothing where it can be sent. */
export function problemOf(metric: Metric): string | undefined {
  for (const source of sourcesOf(metric)) {
    if (source.kind !== 'EventsNode') continue;
    if ((source.event ?? '') === '') return 'Name the event that counts.';
    if (needsProperty(source) && (source.math_property ?? '') === '') {
      return `Name the property of ${source.event} that is taken.`;
    }
    if (source.properties?.some(({ key }) => key === '') === true) {
      return `Name the property of each condition on ${source.event}.`;
    }
  }
  const { retention_window_start: from, retention_window_end: to } = metric;
  if (from !== undefined && to !== undefined && from > to) {
    return 'The time in which people come back must begin before it ends.';
  }
  const { lower_bound_percentile: low, upper_bound_percentile: high } = metric;
  if (typeof low === 'number' && typeof high === 'number' && low >= high) {
    return 'The lower bound of outliers must lie below the upper one.';
  }
  return undefined;
}

/** As it is sent: the fingerprint is the server's to make. */
export function sentMetric({ fingerprint: _, ...metric }: Metric): Metric {
  return { ...metric, name: metric.name?.trim() || null };
}

/** Names of events that metrics count, as suggestions. */
export function eventNames(metrics: readonly (Metric | undefined)[]): readonly string[] {
  const sources = metrics.flatMap((metric) => (metric === undefined ? [] : sourcesOf(metric)));
  const names = sources.flatMap(({ event }) => (event ? [event] : []));
  return [...new Set([...names, '$pageview'])].sort();
}
