import type { PropertyFilter, Variant } from '../abtests/model.ts';
import { variantsOfFilters } from '../abtests/model.ts';

import type { Flag } from './queries.ts';

export type { Flag };

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

export const filtersOf = ({ filters }: Pick<Flag, 'filters'>): Filters => filters as Filters;
export const conditionsOf = (filters: Filters): readonly Condition[] => filters.groups ?? [];
export const variantsOfFlag = (filters: Filters): readonly Variant[] => variantsOfFilters(filters);

export type FlagKind = 'boolean' | 'multivariant' | 'experiment' | 'remote_config';

export const KINDS: Readonly<Record<FlagKind, string>> = {
  boolean: 'On or off',
  multivariant: 'Several variants',
  experiment: 'Of an A/B test',
  remote_config: 'Remote configuration',
};

export function kindOf(flag: Flag): FlagKind {
  if (flag.experiment_set.length > 0) return 'experiment';
  if (flag.is_remote_configuration) return 'remote_config';
  return variantsOfFlag(filtersOf(flag)).length > 0 ? 'multivariant' : 'boolean';
}

/** Whom it is for, in a few words, for a list. */
export function audienceOf(flag: Flag): string {
  const groups = conditionsOf(filtersOf(flag));
  if (groups.length === 0) return 'nobody';
  const [first] = groups;
  if (groups.length > 1 || first === undefined) return `${groups.length} conditions`;
  const share = `${first.rollout_percentage ?? 100}%`;
  const some = (first.properties ?? []).length > 0;
  if (some) return `${share} of those who fit`;
  return share === '100%' ? 'everybody' : `${share} of everybody`;
}

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
