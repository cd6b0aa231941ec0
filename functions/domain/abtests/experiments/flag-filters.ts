import { isDeepStrictEqual } from 'node:util';
import { isDoc } from '../refuse.ts';
import type { Doc } from './experiment.items.ts';
import { DEFAULT_VARIANTS, type Variant, variantsOf } from './variants.ts';

interface FlagWishes {
  readonly parameters: Doc | null;
  readonly variants: readonly Variant[] | undefined;
  /** As flags say it; absent where it stays. */
  readonly holdout?: Doc | null;
}

const payloadsOf = (parameters: Doc | null): Doc | undefined =>
  isDoc(parameters?.feature_flag_payloads) ? parameters.feature_flag_payloads : undefined;

/** The filters of a flag that is made for an experiment. */
export const newFilters = ({ parameters, variants, holdout = null }: FlagWishes): Doc => ({
  groups: [{ properties: [], rollout_percentage: parameters?.rollout_percentage ?? 100 }],
  multivariate: { variants: variants ?? DEFAULT_VARIANTS },
  payloads: payloadsOf(parameters) ?? {},
  aggregation_group_type_index: parameters?.aggregation_group_type_index ?? null,
  holdout,
});

function groupsWith(groups: unknown, percent: unknown): unknown {
  if (!Array.isArray(groups) || percent === undefined || percent === null) return groups;
  const [first, ...rest] = groups as readonly Doc[];
  return [{ properties: [], ...first, rollout_percentage: percent }, ...rest];
}

/** Payloads of variants that are gone would make the flag a wrong one. */
const payloadsFor = (payloads: unknown, variants: readonly Variant[]): Doc =>
  Object.fromEntries(
    Object.entries(isDoc(payloads) ? payloads : {}).filter(([key]) =>
      variants.some((variant) => variant.key === key),
    ),
  );

/** The filters of a flag after its experiment has changed; all else that people gave it stays. */
export function changedFilters(before: Doc, { parameters, variants, holdout }: FlagWishes): Doc {
  const all = variants ?? variantsOf({ filters: before });
  const multivariate = isDoc(before.multivariate) ? before.multivariate : {};
  const index = parameters?.aggregation_group_type_index;
  return {
    ...before,
    groups: groupsWith(before.groups, parameters?.rollout_percentage),
    multivariate: { ...multivariate, variants: all },
    payloads: payloadsOf(parameters) ?? payloadsFor(before.payloads, all),
    ...(index === undefined ? {} : { aggregation_group_type_index: index }),
    ...(holdout === undefined ? {} : { holdout }),
  };
}

interface Shipped {
  readonly variantKey: string;
  /** Before all other groups, so that everybody gets the variant, or absent. */
  readonly everybody?: { readonly description: string };
}

/** The filters of a flag that gives everybody who takes part one variant. */
export function shippedFilters(before: Doc, { variantKey, everybody }: Shipped): Doc {
  const variants = variantsOf({ filters: before }).map((variant) => ({
    ...variant,
    rollout_percentage: variant.key === variantKey ? 100 : 0,
  }));
  const multivariate = isDoc(before.multivariate) ? before.multivariate : {};
  const groups = Array.isArray(before.groups) ? before.groups : [];
  const all = { properties: [], rollout_percentage: 100, ...everybody };
  // Whoever repeats a call that had to be approved finds it done.
  const isThere = everybody === undefined || isDeepStrictEqual(groups[0], all);
  return {
    ...before,
    groups: isThere ? groups : [all, ...groups],
    multivariate: { ...multivariate, variants },
  };
}
