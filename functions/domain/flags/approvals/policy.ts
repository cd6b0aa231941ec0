import { getUser } from '#domain/identity/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { conflict, ifThere, invalid, notFound } from '#kernel/errors.ts';
import { type Attribute, compare, itemMissing, put, remove } from '#kernel/table.ts';
import { type Policy, type PolicyFields, policyKey, readPolicy } from './policy.items.ts';

const target = (groupId: number) => ({
  groupId,
  entity: 'approval_policy',
  lookup: { project_id: groupId },
});

/** For whoever has asked for permission. */
export async function policyOf(
  { table }: Pick<Context, 'table'>,
  groupId: number,
): Promise<Policy | undefined> {
  const item = await table.get(policyKey(groupId));
  return item === undefined ? undefined : readPolicy(item);
}

/** The policy of a project, if it has one. Throws `not_found`. */
export async function findPolicy(ctx: Context, groupId: number): Promise<Policy | undefined> {
  requirePermission(ctx, 'read', target(groupId));
  return policyOf(ctx, groupId);
}

const MAX_APPROVERS = 50;
const MAX_QUORUM = 20;
const LONGEST_WAIT = 90 * 86_400;

function requirePolicy({ approvers, quorum, expiresAfter }: PolicyFields): void {
  const most = approvers.length === 0 ? MAX_QUORUM : Math.min(MAX_QUORUM, approvers.length);
  const wrong = (attr: string, message: string) => invalid('approval_policy', message, { attr });
  if (approvers.length > MAX_APPROVERS) {
    throw wrong('approver_config__users', `Name at most ${MAX_APPROVERS} approvers.`);
  }
  if (!(Number.isInteger(quorum) && quorum >= 1 && quorum <= most)) {
    throw wrong('approver_config__quorum', `Must be between 1 and ${most}.`);
  }
  if (!(expiresAfter >= 60 && expiresAfter <= LONGEST_WAIT)) {
    throw wrong('expires_after', 'Must be between a minute and 90 days.');
  }
}

/** Who is not there would keep a change waiting for ever. */
async function requireApprovers(ctx: Context, { approvers }: PolicyFields): Promise<void> {
  // The platform itself shares no group with anybody.
  if (ctx.actor.kind === 'system') return;
  const found = await Promise.all(approvers.map((userId) => ifThere(getUser(ctx, userId))));
  const lost = approvers.find((_, index) => found[index] === undefined);
  if (lost === undefined) return;
  throw invalid('approval_policy', `There is no account ${lost} that you share a group with.`, {
    attr: 'approver_config__users',
  });
}

const accountOf = ({ actor }: Context): number | undefined =>
  'userId' in actor ? actor.userId : undefined;

/** Says how changes are approved from now on, for those who manage the group. Requests keep the policy that they were made under. */
export async function setPolicy(
  ctx: Context,
  groupId: number,
  fields: PolicyFields,
): Promise<Policy> {
  requirePermission(ctx, 'manage', target(groupId));
  requirePolicy(fields);
  await requireApprovers(ctx, fields);
  const before = await policyOf(ctx, groupId);
  const now = ctx.clock.now();
  const policy: Policy = {
    ...fields,
    groupId,
    createdOn: before?.createdOn ?? now,
    createdBy: before?.createdBy ?? accountOf(ctx),
    updatedOn: now,
    revision: (before?.revision ?? 0) + 1,
  };
  const item = { ...policyKey(groupId), ...(policy as unknown as Record<string, Attribute>) };
  const unchanged = before === undefined ? itemMissing : compare('revision', '=', before.revision);
  const outcome = await ctx.table.write(put(item, unchanged));
  if (outcome.ok) return policy;
  throw conflict('write_conflict', 'The policy is being changed by others; try again.');
}

/** From now on changes need no approval. Throws `not_found`. */
export async function removePolicy(ctx: Context, groupId: number): Promise<void> {
  requirePermission(ctx, 'manage', target(groupId));
  const before = await policyOf(ctx, groupId);
  if (before === undefined) throw notFound('approval_policy', { project_id: groupId });
  const unchanged = compare('revision', '=', before.revision);
  const outcome = await ctx.table.write(remove(policyKey(groupId), unchanged));
  if (!outcome.ok) {
    throw conflict('write_conflict', 'The policy is being changed by others; try again.');
  }
}
