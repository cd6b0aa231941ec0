import { type Context, requirePermission } from '#kernel/context.ts';
import { takeNumbers } from '#kernel/counters.ts';
import { notFound } from '#kernel/errors.ts';
import { check, compare, put } from '#kernel/table.ts';
import { membershipWrites, newUserWrites, userEndWrites } from './account.items.ts';
import { takenError } from './create-user.ts';
import { changedMeanwhile, type GroupState, readManaged, requireCovers } from './group-state.ts';
import { identityKeys, type UserRow } from './identity.items.ts';
import { forgetName, readUserNow } from './load-user.ts';
import { MEMBER_FLAGS, type Member, READER_FLAGS } from './schemas.ts';
import { findToken, type NewToken, newToken, type PersonalToken, readTokens } from './tokens.ts';

interface AccountId {
  readonly groupId: number;
  readonly accountId: number;
}

const target = (groupId: number) => ({ groupId, entity: 'group', lookup: { group_id: groupId } });

function accountOf(group: GroupState, accountId: number): Member {
  const account = group.members.find((member) => member.userId === accountId);
  if (account?.service === undefined) {
    throw notFound('service_account', { group_id: group.id, service_account_id: accountId });
  }
  return account;
}

/** The accounts of machines in a group that the caller manages. */
export async function listServiceAccounts(
  ctx: Context,
  groupId: number,
): Promise<readonly Member[]> {
  requirePermission(ctx, 'manage', target(groupId));
  const { group } = await readManaged(ctx, groupId);
  return group.members.filter(({ service }) => service !== undefined);
}

/**
 * Makes an account without a password that belongs to a group: what signs in is its tokens.
 * Throws `conflict` (`entity_exists`) when the name is taken.
 */
export async function createServiceAccount(
  ctx: Context,
  input: { readonly groupId: number; readonly username: string; readonly write: boolean },
): Promise<Member> {
  const { groupId, username } = input;
  requirePermission(ctx, 'manage', target(groupId));
  const { group, own } = await readManaged(ctx, groupId);
  const flags = input.write ? MEMBER_FLAGS : READER_FLAGS;
  requireCovers(own, flags);
  const { user: id } = await takeNumbers(ctx.table, { user: 1 });
  const now = ctx.clock.now();
  const account: UserRow = {
    id,
    username,
    email: '',
    service: groupId,
    createdOn: now,
    modifiedOn: now,
    lastLoginOn: undefined,
    passwordExpiresOn: now,
    credentialVersion: 1,
    revision: 1,
  };
  const outcome = await ctx.table.transact([
    ...newUserWrites(account),
    ...membershipWrites(account, group, flags),
    check(identityKeys.group(groupId), compare('name', '=', group.name)),
  ]);
  if (outcome.ok) return { userId: id, username, email: '', service: groupId, flags };
  const refusals = { username: outcome.refusals[0], email: undefined };
  throw takenError({ username, email: '', refusals }) ?? changedMeanwhile();
}

/** Ends a service account with all its tokens. */
export async function deleteServiceAccount(ctx: Context, input: AccountId): Promise<void> {
  const { groupId, accountId } = input;
  requirePermission(ctx, 'manage', target(groupId));
  const { group, own } = await readManaged(ctx, groupId);
  requireCovers(own, accountOf(group, accountId).flags);
  const loaded = await readUserNow(ctx, accountId);
  if (loaded === undefined) throw notFound('service_account', { service_account_id: accountId });
  const outcome = await ctx.table.transact(
    userEndWrites(loaded.user, [...loaded.memberships.keys()], ctx.clock.now()),
  );
  forgetName(ctx, loaded.user);
  if (!outcome.ok) throw changedMeanwhile();
}

/** Makes a token of a service account; its text is shown this once. */
export async function createServiceToken(
  ctx: Context,
  input: AccountId & NewToken,
): Promise<PersonalToken & { readonly token: string }> {
  requirePermission(ctx, 'manage', target(input.groupId));
  const { group, own } = await readManaged(ctx, input.groupId);
  requireCovers(own, accountOf(group, input.accountId).flags);
  const loaded = await readUserNow(ctx, input.accountId);
  if (loaded === undefined) {
    throw notFound('service_account', { service_account_id: input.accountId });
  }
  const { made, item } = newToken(ctx, loaded.user, input);
  await ctx.table.write(put(item));
  return made;
}

export async function listServiceTokens(
  ctx: Context,
  input: AccountId,
): Promise<readonly PersonalToken[]> {
  requirePermission(ctx, 'manage', target(input.groupId));
  const { group } = await readManaged(ctx, input.groupId);
  return readTokens(ctx, accountOf(group, input.accountId).userId);
}

export async function revokeServiceToken(
  ctx: Context,
  input: AccountId & { readonly tokenId: string },
): Promise<void> {
  requirePermission(ctx, 'manage', target(input.groupId));
  const { group } = await readManaged(ctx, input.groupId);
  const { userId } = accountOf(group, input.accountId);
  const { end, forget } = await findToken(ctx, userId, input.tokenId);
  await ctx.table.write(end);
  forget();
}
