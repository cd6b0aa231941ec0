export { type Exposure, exposureOf, parseExposureCriteria } from './exposure-criteria.ts';
export { type Fingerprinted, fingerprint, hashOf } from './fingerprint.ts';
export { type Doc, parseMetric, parseMetrics } from './parse.ts';
export {
  type EventsNode,
  type FunnelMetric,
  type MeanMetric,
  Metric,
  type PropertyFilter,
  PropertyFilters,
  type RatioMetric,
  type RetentionMetric,
  type Source,
  type Unit,
} from './schema.ts';
export {
  lookbackOf,
  parseStatsConfig,
  type StatsSettings,
  statsSettingsOf,
} from './stats-config.ts';
