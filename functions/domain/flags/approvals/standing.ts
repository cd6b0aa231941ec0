import type { Context } from '#kernel/context.ts';
import { managesGroup } from '#kernel/context.ts';
import { type ChangeRequest, type Decision, stateOf } from './change-request.items.ts';
import type { Policy } from './policy.items.ts';

/** What somebody may do about a change that was asked for. */
export interface Standing {
  readonly isRequester: boolean;
  readonly canApprove: boolean;
  readonly canCancel: boolean;
  readonly decision: Decision | undefined;
}

const accountOf = ({ actor }: Context): number | undefined =>
  actor.kind === 'user' ? actor.userId : undefined;

const flagsIn = ({ actor }: Context, groupId: number) =>
  actor.kind === 'user' ? actor.memberships.get(groupId)?.flags : undefined;

/** Whether the caller is one of those whom a policy asks. */
export function isApprover(ctx: Context, { groupId, approvers }: Policy): boolean {
  const [userId, flags] = [accountOf(ctx), flagsIn(ctx, groupId)];
  if (userId === undefined || flags?.write !== true) return false;
  return approvers.length === 0 ? managesGroup(flags) : approvers.includes(userId);
}

const [OWNER, ADMINISTRATOR, MEMBER] = [15, 8, 1];

/** Whether a policy lets the caller change flags without being asked. */
export function bypasses(ctx: Context, { groupId, bypassLevels }: Policy): boolean {
  if (ctx.actor.kind === 'system') return true;
  const flags = flagsIn(ctx, groupId);
  const level = flags?.owner === true ? OWNER : flags?.admin === true ? ADMINISTRATOR : MEMBER;
  return bypassLevels.includes(level);
}

export function standingOf(ctx: Context, change: ChangeRequest): Standing {
  const userId = accountOf(ctx);
  const isRequester = userId !== undefined && change.createdBy === userId;
  const decision = change.votes.find(({ createdBy }) => createdBy === userId)?.decision;
  const isPending = stateOf(change, ctx.clock.now()) === 'pending';
  const flags = flagsIn(ctx, change.groupId);
  const isManager = flags !== undefined && managesGroup(flags);
  const isAsked =
    isApprover(ctx, change.policy) && (!isRequester || change.policy.allowSelfApprove);
  return {
    isRequester,
    canApprove: isPending && isAsked && decision === undefined,
    canCancel: isPending && (isRequester || isManager),
    decision,
  };
}
