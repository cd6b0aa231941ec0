import * as z from 'zod';

const MAX_TEXT = 400;
const MAX_FILTERS = 100;
const MAX_STEPS = 50;

/** Engines end texts at a NUL. */
const text = z
  .string()
  .max(MAX_TEXT)
  .refine((value) => !value.includes('\0'), 'String should not contain NUL characters');

const scalar = z.union([z.string().max(4_000), z.number(), z.boolean()]);

/** One condition on a property; which kinds can be computed is for the query to say. */
export const PropertyFilter = z.looseObject({
  key: text,
  value: z.union([scalar, z.array(scalar).max(1_000)]).nullish(),
  operator: z.string().max(50).nullish(),
  type: z.string().max(50).nullish(),
});
export type PropertyFilter = z.infer<typeof PropertyFilter>;

export const PropertyFilters = z.array(PropertyFilter).max(MAX_FILTERS);

/** What every node may say that no query depends on. */
const aside = {
  name: z.string().max(MAX_TEXT).nullish(),
  custom_name: z.string().max(MAX_TEXT).nullish(),
  optionalInFunnel: z.boolean().nullish(),
  response: z.unknown().optional(),
  version: z.number().nullish(),
};

const measured = {
  ...aside,
  /** What events of an entity add up to; none is `total`. */
  math: z.enum(['total', 'sum', 'unique_session', 'dau', 'avg', 'min', 'max', 'hogql']).nullish(),
  math_property: text.nullish(),
  math_property_type: z.string().max(MAX_TEXT).nullish(),
  math_property_revenue_currency: z.unknown().optional(),
  math_hogql: z.string().max(4_000).nullish(),
  math_group_type_index: z.int().min(0).max(4).nullish(),
  math_multiplier: z.number().nullish(),
  properties: PropertyFilters.nullish(),
  fixedProperties: PropertyFilters.nullish(),
};

export const EventsNode = z.strictObject({
  kind: z.literal('EventsNode'),
  /** Without a name it is any event. */
  event: text.nullish(),
  limit: z.int().nullish(),
  orderBy: z.array(z.string().max(MAX_TEXT)).max(10).nullish(),
  ...measured,
});
export type EventsNode = z.infer<typeof EventsNode>;

const ActionsNode = z.strictObject({
  kind: z.literal('ActionsNode'),
  id: z.int(),
  ...measured,
});

const ExperimentDataWarehouseNode = z.strictObject({
  kind: z.literal('ExperimentDataWarehouseNode'),
  table_name: text,
  timestamp_field: text,
  events_join_key: text,
  data_warehouse_join_key: text,
  ...measured,
});

/** Where the events of a metric come from. */
export const Source = z.discriminatedUnion('kind', [
  EventsNode,
  ActionsNode,
  ExperimentDataWarehouseNode,
]);
export type Source = z.infer<typeof Source>;

const ExperimentExposureNode = z.strictObject({
  kind: z.literal('ExperimentExposureNode'),
  ...aside,
});

const UNITS = ['second', 'minute', 'hour', 'day', 'week', 'month'] as const;
export type Unit = (typeof UNITS)[number];

const span = z.int().min(0).max(1_000_000_000);

const base = {
  kind: z.literal('ExperimentMetric'),
  uuid: z.string().max(MAX_TEXT).nullish(),
  fingerprint: z.string().max(MAX_TEXT).nullish(),
  name: z.string().max(MAX_TEXT).nullish(),
  goal: z.enum(['increase', 'decrease']).nullish(),
  conversion_window: span.nullish(),
  conversion_window_unit: z.enum(UNITS).nullish(),
  isSharedMetric: z.boolean().nullish(),
  sharedMetricId: z.number().nullish(),
  breakdownFilter: z.looseObject({}).nullish(),
  response: z.unknown().optional(),
  version: z.number().nullish(),
};

const percentile = z.number().min(0).max(1);

const MeanMetric = z.strictObject({
  ...base,
  metric_type: z.literal('mean'),
  source: Source,
  lower_bound_percentile: percentile.nullish(),
  upper_bound_percentile: percentile.nullish(),
  ignore_zeros: z.boolean().nullish(),
  /** With it an entity counts as 1 where it reaches this, else as 0. */
  threshold: z.number().nullish(),
});
export type MeanMetric = z.infer<typeof MeanMetric>;

const FunnelMetric = z.strictObject({
  ...base,
  metric_type: z.literal('funnel'),
  series: z.array(Source).min(1).max(MAX_STEPS),
  funnel_order_type: z.enum(['ordered', 'unordered', 'strict']).nullish(),
});
export type FunnelMetric = z.infer<typeof FunnelMetric>;

const RatioMetric = z.strictObject({
  ...base,
  metric_type: z.literal('ratio'),
  numerator: Source,
  denominator: Source,
});
export type RatioMetric = z.infer<typeof RatioMetric>;

const RetentionMetric = z.strictObject({
  ...base,
  metric_type: z.literal('retention'),
  start_event: z.discriminatedUnion('kind', [...Source.options, ExperimentExposureNode]),
  completion_event: Source,
  retention_window_start: span,
  retention_window_end: span,
  retention_window_unit: z.enum(UNITS),
  start_handling: z.enum(['first_seen', 'last_seen']),
});
export type RetentionMetric = z.infer<typeof RetentionMetric>;

/** A metric as people define it, with its names as they are on the wire; unknown keys are refused. */
export const Metric = z.discriminatedUnion('metric_type', [
  MeanMetric,
  FunnelMetric,
  RatioMetric,
  RetentionMetric,
]);
export type Metric = z.infer<typeof Metric>;
