import type { Row } from '#domain/projects/index.ts';

export const FLAGS = 'feature_flag';

/** Where a flag may be evaluated: by servers, by pages and apps, or by both. */
export type EvaluationRuntime = 'server' | 'client' | 'all';

/** What people say of a flag. */
export interface FlagFields {
  /** Unique among the flags of the project that are not deleted. */
  readonly key: string;
  /** What it is for, in words. */
  readonly name: string;
  /** Whom it is on for: a document of PostHog's, kept as it was sent. */
  readonly filters: { readonly [name: string]: unknown };
  readonly active: boolean;
  readonly deleted: boolean;
  readonly ensureExperienceContinuity: boolean;
  readonly tags: readonly string[];
  /** Ids of the A/B tests that go by it. */
  readonly experimentIds: readonly number[];
  readonly evaluationRuntime: EvaluationRuntime;
  /** Where some are named, only clients that name one of them see the flag. */
  readonly evaluationContexts: readonly string[];
  readonly bucketingIdentifier: 'distinct_id' | 'device_id';
  /** It only hands out its payload. */
  readonly isRemoteConfiguration: boolean;
}

export interface Flag extends Row, FlagFields {
  /** Rises with every change that people see. */
  readonly version: number;
  /** The account that changed it last, as far as one did. */
  readonly updatedBy: number | undefined;
}

export const NEW_FLAG: Omit<FlagFields, 'key'> = {
  name: '',
  filters: { groups: [{ properties: [], rollout_percentage: null }] },
  active: true,
  deleted: false,
  ensureExperienceContinuity: false,
  tags: [],
  experimentIds: [],
  evaluationRuntime: 'all',
  evaluationContexts: [],
  bucketingIdentifier: 'distinct_id',
  isRemoteConfiguration: false,
};
