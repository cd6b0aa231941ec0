import { type Flag, findFlagByKey, planFlagChange, planNewFlag } from '#domain/flags/index.ts';
import type { Context } from '#kernel/context.ts';
import { ifThere } from '#kernel/errors.ts';
import { type Companions, withPlan } from './commit.ts';
import type { Doc } from './experiment.items.ts';
import { changedFilters, newFilters } from './flag-filters.ts';
import { requireExperimentFlag, type Variant, variantsOf } from './variants.ts';

/** An experiment that is to get a feature flag. */
interface LinkRequest {
  readonly groupId: number;
  readonly id: number;
  readonly name: string;
  readonly key: string;
  readonly parameters: Doc | null;
  readonly variants: readonly Variant[] | undefined;
  /** As flags say it; null for none, absent where one that is there keeps its own. */
  readonly holdout?: Doc | null;
  /** The experiment starts with it. */
  readonly isLaunched: boolean;
}

export interface FlagLink extends Companions {
  readonly flag: Flag;
  /** What the experiment compares: of a flag that was there its own, whatever was asked for. */
  readonly variants: readonly Variant[];
}

async function linkExisting(
  ctx: Context,
  before: Flag,
  { id, holdout, isLaunched }: LinkRequest,
): Promise<FlagLink> {
  requireExperimentFlag(before, 'feature_flag_key');
  const variants = variantsOf(before);
  const plan = await planFlagChange(ctx, before, {
    experimentIds: [...before.experimentIds, id],
    ...(isLaunched && !before.active ? { active: true } : {}),
    ...(holdout === undefined || holdout === null
      ? {}
      : { filters: changedFilters(before.filters, { parameters: null, variants, holdout }) }),
  });
  return { flag: plan.flag, variants, ...withPlan(plan) };
}

/** Plans the flag of an experiment: the one of that key, or a new one. Throws `invalid` where it cannot be one. */
export async function linkFlag(ctx: Context, request: LinkRequest): Promise<FlagLink> {
  const { groupId, id, name, key, isLaunched } = request;
  const before = await ifThere(findFlagByKey(ctx, groupId, key));
  if (before !== undefined) return linkExisting(ctx, before, request);
  const plan = await planNewFlag(ctx, {
    groupId,
    key,
    name: `Feature Flag for Experiment ${name}`,
    filters: newFilters(request),
    active: isLaunched,
    experimentIds: [id],
    ensureExperienceContinuity: request.parameters?.ensure_experience_continuity === true,
  });
  return { flag: plan.flag, variants: variantsOf(plan.flag), ...withPlan(plan) };
}
