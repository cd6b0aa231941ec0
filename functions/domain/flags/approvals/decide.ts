import { commitRows, findRow, requireInProject, revised } from '#domain/projects/index.ts';
import { whileContended } from '#domain/resources/index.ts';
import { type Context, requireUser } from '#kernel/context.ts';
import { AppError, forbidden, invalid } from '#kernel/errors.ts';
import { remove } from '#kernel/table.ts';
import { findFlag } from '../find-flags.ts';
import { planApproved } from '../plan-flag.ts';
import {
  CHANGES,
  type ChangeRequest,
  type Decision,
  guardKey,
  stateOf,
} from './change-request.items.ts';
import { standingOf } from './standing.ts';

const MAX_REASON = 2_000;

interface About {
  readonly groupId: number;
  readonly id: number;
}

const refused = (message: string): AppError => invalid('change_request', message);

async function pendingRequest(ctx: Context, about: About): Promise<ChangeRequest> {
  const request = await findRow<ChangeRequest>(ctx, CHANGES, about);
  const state = stateOf(request, ctx.clock.now());
  if (state !== 'pending') throw refused(`The change request is ${state}; it is not pending.`);
  return request;
}

function requireVote(ctx: Context, request: ChangeRequest): void {
  const { canApprove, isRequester, decision } = standingOf(ctx, request);
  if (canApprove) return;
  if (decision !== undefined) throw refused('You have voted on this change request already.');
  if (isRequester && !request.policy.allowSelfApprove) {
    throw forbidden('You cannot decide on your own change request.');
  }
  throw forbidden('You are not an approver of this change request.');
}

function withVote(
  ctx: Context,
  request: ChangeRequest,
  decision: Decision,
  reason: string,
): ChangeRequest {
  const { userId } = requireUser(ctx);
  const vote = { createdBy: userId, decision, reason, createdOn: ctx.clock.now() };
  return revised(ctx, { ...request, votes: [...request.votes, vote] });
}

const isApproved = ({ votes, policy }: ChangeRequest): boolean =>
  votes.filter(({ decision }) => decision === 'approved').length >= policy.quorum;

/** Ends a request without a change of its flag. */
async function end(ctx: Context, before: ChangeRequest, after: ChangeRequest) {
  const { groupId, guard } = before;
  await commitRows(ctx, [{ name: CHANGES, before, after }], [remove(guardKey(groupId, guard))]);
  return after;
}

const failed = (ctx: Context, before: ChangeRequest, after: ChangeRequest, applyError: string) =>
  end(ctx, before, { ...after, stored: 'failed', applyError });

/** Changes the flag in the transaction that says so; why that cannot be is kept with the request. */
async function apply(ctx: Context, before: ChangeRequest, after: ChangeRequest) {
  const { groupId, flagId, flagVersion, wanted, guard } = before;
  const flag = await findFlag(ctx, { groupId, id: flagId });
  if (flag.version !== flagVersion) {
    return failed(ctx, before, after, 'The feature flag was changed since this was asked for.');
  }
  const { userId } = requireUser(ctx);
  const applied: ChangeRequest = {
    ...after,
    stored: 'applied',
    appliedOn: after.updatedOn,
    appliedBy: userId,
  };
  try {
    const plan = planApproved(ctx, flag, wanted);
    const changes = [{ name: CHANGES, before, after: applied } as const, plan.change];
    const more = [...plan.more, remove(guardKey(groupId, guard))];
    await commitRows(ctx, changes, more, plan.explain);
    return applied;
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'invalid')) throw error;
    return failed(ctx, before, after, error.message);
  }
}

export interface DecisionOn extends About {
  readonly reason?: string | undefined;
}

function requireReason({ reason = '' }: DecisionOn): string {
  if (reason.length <= MAX_REASON) return reason;
  throw refused(`A reason has at most ${MAX_REASON} characters.`);
}

/**
 * Votes for a change. With the last vote that it needs it is done, or the request fails where the flag has
 * changed meanwhile. Throws `not_found`, `forbidden`, `invalid`.
 */
export async function approveChange(ctx: Context, about: DecisionOn): Promise<ChangeRequest> {
  requireInProject(ctx, 'write', CHANGES, about);
  const reason = requireReason(about);
  return whileContended(ctx, async () => {
    const before = await pendingRequest(ctx, about);
    requireVote(ctx, before);
    const after = withVote(ctx, before, 'approved', reason);
    if (isApproved(after)) return apply(ctx, before, after);
    await commitRows(ctx, [{ name: CHANGES, before, after }]);
    return after;
  });
}

/** Votes against a change, which ends the request. Throws as {@link approveChange}. */
export async function rejectChange(ctx: Context, about: DecisionOn): Promise<ChangeRequest> {
  requireInProject(ctx, 'write', CHANGES, about);
  const reason = requireReason(about);
  return whileContended(ctx, async () => {
    const before = await pendingRequest(ctx, about);
    requireVote(ctx, before);
    return end(ctx, before, { ...withVote(ctx, before, 'rejected', reason), stored: 'rejected' });
  });
}

/** Takes back what the caller asked for, or anybody did, for those who manage the group. Throws as {@link approveChange}. */
export async function cancelChange(ctx: Context, about: About): Promise<ChangeRequest> {
  requireInProject(ctx, 'write', CHANGES, about);
  return whileContended(ctx, async () => {
    const before = await pendingRequest(ctx, about);
    // Else a policy that names nobody who is there would block its changes for ever.
    if (!standingOf(ctx, before).isRequester) requireInProject(ctx, 'manage', CHANGES, about);
    return end(ctx, before, revised(ctx, { ...before, stored: 'rejected', cancelled: true }));
  });
}
