import { documentProblem } from './bounds.ts';
import { type CompiledFilter, compileFilter, type Source } from './compile-filter.ts';
import { Filters, type Group } from './filters.ts';

/** What of a feature flag decides whom it is on for. */
export interface FlagDefinition {
  readonly id?: number | string;
  readonly key: string;
  readonly active: boolean;
  /** As stored; {@link Filters}. */
  readonly filters: unknown;
  readonly ensureExperienceContinuity?: boolean;
  /** `device_id` where devices are told apart instead of persons. */
  readonly bucketingIdentifier?: string | null;
}

export interface Condition {
  readonly filters: readonly CompiledFilter[];
  /** Percentage of those who fit. */
  readonly rollout: number;
  /** The variant of all who match, whatever their hash. */
  readonly variant: string | undefined;
  readonly aggregation: Source;
}

export interface Rules {
  readonly conditions: readonly Condition[];
  /** In order; who hashes below a bound and not below an earlier one has the variant. */
  readonly variants: readonly { readonly key: string; readonly below: number }[];
  readonly payloads: ReadonlyMap<string, unknown>;
  readonly aggregation: Source;
  readonly holdout: { readonly percentage: number; readonly variant: string } | undefined;
  readonly superCondition: Condition | undefined;
  readonly enrollment: string | undefined;
  readonly exitsEarly: boolean;
  /** Keys of the flags that it asks about. */
  readonly dependencies: readonly string[];
}

/** A flag whose document was read once: patterns, bounds and lists are ready. */
export interface CompiledFlag {
  readonly id: string | undefined;
  readonly key: string;
  readonly isActive: boolean;
  readonly isSticky: boolean;
  readonly isByDevice: boolean;
  /** Undefined where the document cannot be read. */
  readonly rules: Rules | undefined;
}

const filtersOf = (document: unknown): Filters | undefined =>
  documentProblem(document) === undefined ? Filters.safeParse(document ?? {}).data : undefined;

function compileCondition(group: Group, flagAggregation: Source, variants: readonly string[]) {
  const own = group.aggregation_group_type_index;
  const aggregation = own === undefined ? flagAggregation : own;
  const isVariant = group.variant != null && variants.includes(group.variant);
  return {
    filters: (group.properties ?? []).map((property) => compileFilter(property, aggregation)),
    rollout: group.rollout_percentage ?? 100,
    variant: isVariant ? (group.variant ?? undefined) : undefined,
    aggregation,
  };
}

function boundsOf({ multivariate }: Filters): Rules['variants'] {
  let below = 0;
  return (multivariate?.variants ?? []).map(({ key, rollout_percentage }) => {
    below += rollout_percentage / 100;
    return { key, below };
  });
}

function holdoutOf({ holdout, holdout_groups }: Filters): Rules['holdout'] {
  if (holdout != null) {
    return { percentage: holdout.exclusion_percentage, variant: `holdout-${holdout.id}` };
  }
  const [older] = holdout_groups ?? [];
  if (older === undefined) return undefined;
  return { percentage: older.rollout_percentage ?? 100, variant: older.variant || 'holdout' };
}

function superConditionOf({ super_groups }: Filters): Condition | undefined {
  const [first] = super_groups ?? [];
  if ((first?.properties ?? []).length === 0 || first === undefined) return undefined;
  return compileCondition({ ...first, aggregation_group_type_index: null }, null, []);
}

function rulesOf(key: string, filters: Filters): Rules {
  const aggregation = filters.aggregation_group_type_index ?? null;
  const variants = boundsOf(filters);
  const keys = variants.map((variant) => variant.key);
  const conditions = (filters.groups ?? []).map((group) =>
    compileCondition(group, aggregation, keys),
  );
  const superCondition = superConditionOf(filters);
  const asked = [...conditions, ...(superCondition === undefined ? [] : [superCondition])]
    .flatMap((condition) => condition.filters)
    .flatMap((filter) => (filter.kind === 'flag' ? [filter.key] : []));
  return {
    conditions,
    variants,
    payloads: new Map(Object.entries(filters.payloads ?? {})),
    aggregation,
    holdout: holdoutOf(filters),
    superCondition,
    enrollment: filters.feature_enrollment === true ? `$feature_enrollment/${key}` : undefined,
    exitsEarly: filters.early_exit === true,
    dependencies: [...new Set(asked)],
  };
}

/** Reads a flag for {@link evaluate}. A document that cannot be read is one whose evaluation fails. */
export function compileFlag(flag: FlagDefinition): CompiledFlag {
  const filters = filtersOf(flag.filters);
  return {
    id: flag.id === undefined ? undefined : String(flag.id),
    key: flag.key,
    isActive: flag.active,
    isSticky: flag.ensureExperienceContinuity === true,
    isByDevice: flag.bucketingIdentifier === 'device_id',
    rules: filters && rulesOf(flag.key, filters),
  };
}
