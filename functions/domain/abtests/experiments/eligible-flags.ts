import { type Flag, listFlags } from '#domain/flags/index.ts';
import type { Context } from '#kernel/context.ts';
import { compareText } from '#kernel/text-order.ts';
import { CONTROL, variantsOf } from './variants.ts';

export const FLAG_ORDERS = ['createdOn', 'key', 'name'] as const;
export type FlagOrder = (typeof FLAG_ORDERS)[number];

export interface EligibleFlagQuery {
  readonly groupId: number;
  /** Part of the key or the name, in any case. */
  readonly search?: string;
  readonly active?: boolean;
  readonly createdBy?: number;
  readonly evaluationRuntime?: string;
  readonly hasContexts?: boolean;
  readonly order: FlagOrder;
  readonly descending: boolean;
}

const isEligible = (flag: Flag): boolean => {
  const variants = variantsOf(flag);
  return !flag.deleted && variants.length >= 2 && variants[0]?.key === CONTROL;
};

function fits(flag: Flag, query: EligibleFlagQuery): boolean {
  const { active, createdBy, evaluationRuntime, hasContexts } = query;
  const search = query.search?.toLowerCase();
  return (
    (search === undefined ||
      [flag.key, flag.name].some((text) => text.toLowerCase().includes(search))) &&
    (active === undefined || flag.active === active) &&
    (createdBy === undefined || flag.createdBy === createdBy) &&
    (evaluationRuntime === undefined || flag.evaluationRuntime === evaluationRuntime) &&
    (hasContexts === undefined || flag.evaluationContexts.length > 0 === hasContexts)
  );
}

/** The flags of a project that an experiment can be made with: of several variants, the first of them control. */
export async function eligibleFlags(
  ctx: Context,
  query: EligibleFlagQuery,
): Promise<readonly Flag[]> {
  const { order, descending } = query;
  const sign = descending ? -1 : 1;
  const compare = (left: Flag, right: Flag): number =>
    order === 'createdOn'
      ? left.createdOn - right.createdOn
      : compareText(left[order], right[order]);
  return (await listFlags(ctx, query.groupId))
    .filter((flag) => isEligible(flag) && fits(flag, query))
    .sort((left, right) => sign * (compare(left, right) || left.id - right.id));
}
