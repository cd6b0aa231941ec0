import * as z from 'zod';
import { type Policy, type PolicyFields, UPDATE_FLAG, WATCHED } from '#domain/flags/index.ts';
import { isoTime, numberUuid, PersonAnswer, type ShowPerson } from '../people.ts';
import { Duration, shownDuration } from './duration.ts';

/** There are no roles here but those in a group. */
const noRoles = z.array(z.unknown()).max(0, 'Roles are not supported; name users.').optional();

const Conditions = z.strictObject({
  type: z.literal('any_change').optional(),
  field: z.enum(WATCHED).nullish(),
});

export const PolicyBody = z.object({
  action_key: z.literal(UPDATE_FLAG).optional(),
  conditions: Conditions.optional(),
  approver_config: z.object({
    users: z.array(z.int().positive()).optional(),
    roles: noRoles,
    quorum: z.int().optional(),
  }),
  allow_self_approve: z.boolean().optional(),
  bypass_org_membership_levels: z
    .array(z.union([z.literal(1), z.literal(8), z.literal(15)]))
    .max(3)
    .optional(),
  bypass_roles: noRoles,
  expires_after: Duration.optional(),
  enabled: z.boolean().optional(),
});

export const PolicyAnswer = z.object({
  id: z.string(),
  action_key: z.literal(UPDATE_FLAG),
  conditions: z.object({ type: z.literal('any_change'), field: z.enum(WATCHED).optional() }),
  approver_config: z.object({
    users: z.array(z.int()),
    roles: z.array(z.never()),
    quorum: z.int(),
  }),
  allow_self_approve: z.boolean(),
  bypass_org_membership_levels: z.array(z.int()),
  bypass_roles: z.array(z.never()),
  expires_after: z.string(),
  enabled: z.boolean(),
});

export const FullPolicyAnswer = z.object({
  ...PolicyAnswer.shape,
  created_by: PersonAnswer.nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});

const DEFAULT_WAIT = 14 * 86_400;

/** What is not named is as it is by default. */
export const toPolicyFields = (body: z.output<typeof PolicyBody>): PolicyFields => ({
  ...(body.conditions?.field != null && { watched: body.conditions.field }),
  approvers: [...new Set(body.approver_config.users ?? [])],
  quorum: body.approver_config.quorum ?? 1,
  allowSelfApprove: body.allow_self_approve ?? false,
  bypassLevels: [...new Set(body.bypass_org_membership_levels ?? [])],
  expiresAfter: body.expires_after ?? DEFAULT_WAIT,
  enabled: body.enabled ?? true,
});

export const toPolicy = (policy: Policy): z.infer<typeof PolicyAnswer> => ({
  id: numberUuid(policy.groupId),
  action_key: UPDATE_FLAG,
  conditions: {
    type: 'any_change',
    ...(policy.watched !== undefined && { field: policy.watched }),
  },
  approver_config: { users: [...policy.approvers], roles: [], quorum: policy.quorum },
  allow_self_approve: policy.allowSelfApprove,
  bypass_org_membership_levels: [...policy.bypassLevels],
  bypass_roles: [],
  expires_after: shownDuration(policy.expiresAfter),
  enabled: policy.enabled,
});

export const toFullPolicy = (
  policy: Policy,
  show: ShowPerson,
): z.infer<typeof FullPolicyAnswer> => ({
  ...toPolicy(policy),
  created_by: show(policy.createdBy),
  created_at: isoTime(policy.createdOn),
  updated_at: isoTime(policy.updatedOn),
});
