import * as z from 'zod';
import {
  type ApprovalRequired,
  type ChangeRequest,
  type FlagFields,
  type Standing,
  standingOf,
  stateOf,
  UPDATE_FLAG,
} from '#domain/flags/index.ts';
import type { Context } from '#kernel/context.ts';
import { isoTime, PersonAnswer, peopleOf, type ShowPerson, showPeople } from '../people.ts';
import { PolicyAnswer, toPolicy } from './policy-wire.ts';

const Decided = z.enum(['approved', 'rejected']);
const time = z.string().nullable();

export const ChangeAnswer = z.object({
  id: z.int(),
  action_key: z.literal(UPDATE_FLAG),
  action_version: z.int(),
  resource_type: z.literal('feature_flag'),
  resource_id: z.string(),
  intent: z.looseObject({}),
  intent_display: z.looseObject({}),
  policy_snapshot: PolicyAnswer,
  validation_status: z.literal('valid'),
  validation_errors: z.null(),
  validated_at: z.string(),
  state: z.enum(['pending', 'rejected', 'expired', 'applied', 'failed']),
  created_by: PersonAnswer.nullable(),
  applied_by: PersonAnswer.nullable(),
  created_at: z.string(),
  updated_at: z.string(),
  expires_at: z.string(),
  applied_at: time,
  apply_error: z.string(),
  result_data: z.looseObject({}).nullable(),
  approvals: z.array(
    z.object({
      id: z.int(),
      created_by: PersonAnswer.nullable(),
      decision: Decided,
      reason: z.string(),
      created_at: z.string(),
    }),
  ),
  can_approve: z.boolean(),
  can_cancel: z.boolean(),
  is_requester: z.boolean(),
  user_decision: Decided.nullable(),
});
type ChangeAnswer = z.infer<typeof ChangeAnswer>;

const waiting = z.literal('approval_required');
export const ApprovalAnswer = z.object({
  code: waiting,
  status: waiting,
  detail: z.string(),
  message: z.string(),
  resource_type: z.literal('feature_flag'),
  resource_id: z.string(),
  change_request_id: z.int(),
  change_request: ChangeAnswer,
  required_approvers: PolicyAnswer.shape.approver_config,
});

const NAMES: { readonly [name in keyof FlagFields]: string } = {
  key: 'key',
  name: 'name',
  filters: 'filters',
  active: 'active',
  deleted: 'deleted',
  ensureExperienceContinuity: 'ensure_experience_continuity',
  tags: 'tags',
  experimentIds: 'experiment_set',
  evaluationRuntime: 'evaluation_runtime',
  evaluationContexts: 'evaluation_contexts',
  bucketingIdentifier: 'bucketing_identifier',
  isRemoteConfiguration: 'is_remote_configuration',
};

const inWireNames = (fields: Partial<FlagFields>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [NAMES[name as keyof FlagFields], value]),
  );

function resultOf({ stored, flagId, flagVersion, cancelled }: ChangeRequest) {
  if (stored === 'applied') return { id: flagId, version: flagVersion + 1 };
  return cancelled === true ? { canceled: true } : null;
}

const toIntents = ({ wanted, before, flagKey }: ChangeRequest) => ({
  intent: inWireNames(wanted),
  intent_display: {
    description: `Update feature flag "${flagKey}"`,
    before: inWireNames(before),
    after: inWireNames(wanted),
  },
});

const toApprovals = ({ votes }: ChangeRequest, show: ShowPerson): ChangeAnswer['approvals'] =>
  votes.map(({ createdBy, decision, reason, createdOn }, at) => ({
    id: at + 1,
    created_by: show(createdBy),
    decision,
    reason,
    created_at: isoTime(createdOn),
  }));

interface Seen {
  readonly show: ShowPerson;
  readonly standing: Standing;
  readonly now: number;
}

const toStanding = ({ canApprove, canCancel, isRequester, decision }: Standing) => ({
  can_approve: canApprove,
  can_cancel: canCancel,
  is_requester: isRequester,
  user_decision: decision ?? null,
});

function toChange(change: ChangeRequest, { show, standing, now }: Seen): ChangeAnswer {
  return {
    id: change.id,
    action_key: UPDATE_FLAG,
    action_version: 1,
    resource_type: 'feature_flag',
    resource_id: String(change.flagId),
    ...toIntents(change),
    policy_snapshot: toPolicy(change.policy),
    validation_status: 'valid',
    validation_errors: null,
    validated_at: isoTime(change.createdOn),
    state: stateOf(change, now),
    created_by: show(change.createdBy),
    applied_by: show(change.appliedBy),
    created_at: isoTime(change.createdOn),
    updated_at: isoTime(change.updatedOn),
    expires_at: isoTime(change.expiresOn),
    applied_at: change.appliedOn === undefined ? null : isoTime(change.appliedOn),
    apply_error: change.applyError ?? '',
    result_data: resultOf(change),
    approvals: toApprovals(change, show),
    ...toStanding(standing),
  };
}

/** Shows change requests to a caller. */
export async function changesShown(ctx: Context, changes: readonly ChangeRequest[]) {
  const people = changes.flatMap(({ createdBy, appliedBy, votes }) => [
    { createdBy },
    { createdBy: appliedBy },
    ...votes,
  ]);
  const show = await peopleOf(ctx, people);
  return (change: ChangeRequest): ChangeAnswer =>
    toChange(change, { show, standing: standingOf(ctx, change), now: ctx.clock.now() });
}

/** The answer to a change that waits for approval, which is no error of the usual kind. */
export function approvalAnswer(
  message: string,
  { changeRequest, standing, names }: ApprovalRequired,
): z.infer<typeof ApprovalAnswer> {
  const { createdOn, flagId, id, policy } = changeRequest;
  const show = showPeople(names);
  return {
    code: 'approval_required',
    status: 'approval_required',
    detail: message,
    message,
    resource_type: 'feature_flag',
    resource_id: String(flagId),
    change_request_id: id,
    // It was pending when it was read, a moment ago.
    change_request: toChange(changeRequest, { show, standing, now: createdOn }),
    required_approvers: toPolicy(policy).approver_config,
  };
}
