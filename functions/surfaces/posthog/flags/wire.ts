import * as z from 'zod';
import { type Flag, flagStatus, simpleRollout } from '#domain/flags/index.ts';
import type { Context } from '#kernel/context.ts';
import { accessLevelOf } from '../access-level.ts';
import { isoTime, PersonAnswer, peopleOf } from '../people.ts';

/** A flag inside of what goes by it, such as an experiment. */
export const MinimalFlag = z.object({
  id: z.int(),
  team_id: z.int(),
  name: z.string(),
  key: z.string(),
  filters: z.looseObject({}),
  deleted: z.boolean(),
  active: z.boolean(),
  ensure_experience_continuity: z.boolean(),
  has_encrypted_payloads: z.boolean(),
  version: z.int(),
  evaluation_runtime: z.enum(['server', 'client', 'all']),
  evaluation_contexts: z.array(z.string()),
  bucketing_identifier: z.enum(['distinct_id', 'device_id']),
});

export const toMinimalFlag = (flag: Flag): z.infer<typeof MinimalFlag> => ({
  id: flag.id,
  team_id: flag.groupId,
  name: flag.name,
  key: flag.key,
  filters: flag.filters,
  deleted: flag.deleted,
  active: flag.active,
  ensure_experience_continuity: flag.ensureExperienceContinuity,
  has_encrypted_payloads: false,
  version: flag.version,
  evaluation_runtime: flag.evaluationRuntime,
  evaluation_contexts: [...flag.evaluationContexts],
  bucketing_identifier: flag.bucketingIdentifier,
});

export const FlagAnswer = z.object({
  ...MinimalFlag.shape,
  created_by: PersonAnswer.nullable(),
  created_at: z.string(),
  updated_at: z.string(),
  last_modified_by: PersonAnswer.nullable(),
  is_simple_flag: z.boolean(),
  rollout_percentage: z.number().nullable(),
  experiment_set: z.array(z.int()),
  tags: z.array(z.string()),
  evaluation_tags: z.array(z.string()),
  is_remote_configuration: z.boolean(),
  status: z.enum(['ACTIVE', 'INACTIVE', 'STALE', 'DELETED']),
  can_edit: z.boolean(),
  user_access_level: z.enum(['editor', 'viewer']),
  surveys: z.array(z.never()),
  features: z.array(z.never()),
  rollback_conditions: z.null(),
  performed_rollback: z.boolean(),
  usage_dashboard: z.null(),
  analytics_dashboards: z.array(z.never()),
  has_enriched_analytics: z.boolean(),
  creation_context: z.null(),
});

/** Shows flags of one project to a caller. */
export async function flagsShown(ctx: Context, flags: readonly Flag[]) {
  const makers = flags.flatMap(({ createdBy, updatedBy }) => [
    { createdBy },
    { createdBy: updatedBy },
  ]);
  const show = await peopleOf(ctx, makers);
  return (flag: Flag): z.infer<typeof FlagAnswer> => {
    const level = accessLevelOf(ctx, flag.groupId);
    const rollout = simpleRollout(flag);
    return {
      ...toMinimalFlag(flag),
      created_by: show(flag.createdBy),
      created_at: isoTime(flag.createdOn),
      updated_at: isoTime(flag.updatedOn),
      last_modified_by: show(flag.updatedBy),
      is_simple_flag: rollout !== undefined,
      rollout_percentage: rollout ?? null,
      experiment_set: [...flag.experimentIds],
      tags: [...flag.tags],
      evaluation_tags: [...flag.evaluationContexts],
      is_remote_configuration: flag.isRemoteConfiguration,
      status: flagStatus(flag, ctx.clock.now()),
      can_edit: level === 'editor',
      user_access_level: level,
      ...NOT_HERE,
    };
  };
}

/** What the original has and this has not. */
const NOT_HERE = {
  surveys: [],
  features: [],
  rollback_conditions: null,
  performed_rollback: false,
  usage_dashboard: null,
  analytics_dashboards: [],
  has_enriched_analytics: false,
  creation_context: null,
};
