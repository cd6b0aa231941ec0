import {
  type Doc,
  type PropertyFilter,
  type Variant,
  variantsOfFilters,
} from '../abtests/metric.ts';

/** One condition: all of its filters hold, for a share of those. */
export interface Condition {
  readonly properties?: readonly PropertyFilter[] | null;
  readonly rollout_percentage?: number | null;
  readonly variant?: string | null;
  readonly aggregation_group_type_index?: number | null;
  readonly description?: string | null;
}

/** Whom a flag is for, as the API keeps it; what is not known here stays. */
export interface Filters {
  readonly groups?: readonly Condition[] | null;
  readonly multivariate?: { readonly variants?: readonly Variant[] | null } | null;
  readonly payloads?: { readonly [key: string]: unknown } | null;
  readonly aggregation_group_type_index?: number | null;
  readonly super_groups?: readonly Condition[] | null;
  readonly holdout?: { readonly id: unknown; readonly exclusion_percentage: number } | null;
  readonly early_exit?: boolean | null;
  readonly [name: string]: unknown;
}

/** What of a stored flag a form is made of. */
export interface StoredFlag {
  readonly key: string;
  readonly name: string;
  readonly active: boolean;
  readonly filters: Doc;
  readonly ensure_experience_continuity: boolean;
  readonly bucketing_identifier: 'distinct_id' | 'device_id';
  readonly evaluation_runtime: 'server' | 'client' | 'all';
  readonly tags: readonly string[];
  readonly is_remote_configuration: boolean;
}

export const filtersOf = ({ filters }: Pick<StoredFlag, 'filters'>): Filters => filters as Filters;
export const conditionsOf = (filters: Filters): readonly Condition[] => filters.groups ?? [];
export const variantsOfFlag = (filters: Filters): readonly Variant[] => variantsOfFilters(filters);

/** A payload as text to edit; the API keeps texts of JSON. */
export const payloadText = (payload: unknown): string => {
  if (payload === undefined || payload === null) return '';
  return typeof payload === 'string' ? payload : JSON.stringify(payload);
};

/** What is wrong with a payload, in words. */
export function payloadProblem(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return `No JSON: ${error instanceof Error ? error.message : 'it cannot be read'}`;
  }
}
