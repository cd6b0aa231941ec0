import type { Row } from '#domain/projects/index.ts';

/** A document that users store as they send it, its names as they are on the wire. */
export type Doc = { readonly [name: string]: unknown };

export const CONCLUSIONS = ['won', 'lost', 'inconclusive', 'stopped_early', 'invalid'] as const;
export type Conclusion = (typeof CONCLUSIONS)[number];

export const EXPERIMENT_TYPES = ['web', 'product'] as const;
export type ExperimentType = (typeof EXPERIMENT_TYPES)[number];

/** Which of the two lists of metrics one is in. */
export type MetricList = 'primary' | 'secondary';

/** That an experiment is measured by a saved metric, too. */
export interface SavedMetricLink {
  readonly id: number;
  readonly savedMetricId: number;
  /** `type` says in which list; the rest is the user's. */
  readonly metadata: Doc;
  readonly createdOn: number;
}

/** An A/B test: what is tried, on whom (its feature flag), and by which metrics it is judged. */
export interface Experiment extends Row {
  readonly name: string;
  readonly description: string | null;
  /** Milliseconds since the epoch; null while it is a draft. */
  readonly startDate: number | null;
  readonly endDate: number | null;
  readonly flagId: number | null;
  readonly flagKey: string;
  readonly holdoutId: number | null;
  readonly exposureCohortId: number | null;
  readonly parameters: Doc | null;
  readonly runningTimeCalculation: Doc;
  readonly filters: Doc;
  readonly metrics: readonly Doc[];
  readonly metricsSecondary: readonly Doc[];
  /** Of experiments from before there were metrics of their own. */
  readonly secondaryMetrics: readonly unknown[];
  readonly savedMetrics: readonly SavedMetricLink[];
  readonly primaryOrder: readonly string[] | null;
  readonly secondaryOrder: readonly string[] | null;
  readonly exposureCriteria: Doc | null;
  readonly statsConfig: Doc | null;
  readonly schedulingConfig: Doc | null;
  readonly kind: ExperimentType;
  readonly archived: boolean;
  readonly deleted: boolean;
  readonly conclusion: Conclusion | null;
  readonly conclusionComment: string | null;
  readonly onlyCountMaturedUsers: boolean;
  readonly exposurePreaggregation: boolean;
}

/** What people may say of an experiment. Documents are unchecked until the verbs look at them. */
export interface ExperimentWishes {
  readonly name?: string;
  readonly description?: string | null;
  readonly startDate?: number | null;
  readonly endDate?: number | null;
  readonly flagKey?: string;
  readonly holdoutId?: number | null;
  readonly parameters?: Doc | null;
  readonly runningTimeCalculation?: Doc | null;
  readonly filters?: Doc | null;
  readonly metrics?: unknown;
  readonly metricsSecondary?: unknown;
  readonly secondaryMetrics?: readonly unknown[] | null;
  readonly savedMetricIds?: unknown;
  readonly primaryOrder?: readonly string[] | null;
  readonly secondaryOrder?: readonly string[] | null;
  readonly exposureCriteria?: unknown;
  readonly statsConfig?: unknown;
  readonly schedulingConfig?: Doc | null;
  readonly kind?: ExperimentType | null;
  readonly archived?: boolean;
  readonly deleted?: boolean | null;
  readonly conclusion?: Conclusion | null;
  readonly conclusionComment?: string | null;
  readonly onlyCountMaturedUsers?: boolean;
  readonly exposurePreaggregation?: boolean;
  /** Events that were never seen are no mistake. */
  readonly allowUnknownEvents?: boolean;
  /** Variants and rollout of what runs already reach its flag as well. */
  readonly updateFlag?: boolean;
}

export interface ExperimentPlace {
  readonly groupId: number;
  readonly id: number;
}
