import {
  asSystem,
  type Context,
  type GroupFlags,
  requirePermission,
  requirePerson,
  requireUser,
} from '#kernel/context.ts';
import { AppError, conflict, invalid, notFound } from '#kernel/errors.ts';
import { itemExists, itemMissing, put, update, type Write } from '#kernel/table.ts';
import { joinWrites, leaveWrites, ownsMore, profileItem } from './account.items.ts';
import {
  changedMeanwhile,
  covers,
  type GroupState,
  hasOtherOwner,
  lastOwner,
  ownersChange,
  ownersStay,
  readGroupState,
  readManaged,
  requireCoherent,
  requireCovers,
} from './group-state.ts';
import { getGroup } from './groups.ts';
import { identityKeys } from './identity.items.ts';
import { mayKnow } from './list-users.ts';
import { forgetUser, readUserNow } from './load-user.ts';
import { type Group, MEMBER_FLAGS, type Member, PUBLIC_GROUP } from './schemas.ts';

interface MemberId {
  readonly groupId: number;
  readonly userId: number;
}

const target = (groupId: number) => ({ groupId, entity: 'group', lookup: { group_id: groupId } });

/** Puts somebody whom the caller may know into a group that the caller manages. */
export async function addMember(
  ctx: Context,
  input: MemberId & { readonly flags: GroupFlags },
): Promise<GroupState> {
  requirePermission(ctx, 'manage', target(input.groupId));
  requireCoherent(input.flags);
  const { group, own } = await readManaged(ctx, input.groupId);
  requireCovers(own, input.flags);
  const loaded = await readUserNow(ctx, input.userId);
  if (loaded === undefined || !mayKnow(ctx, loaded)) {
    throw new AppError(
      'not_found',
      'There is no such account in your groups; invite others: POST /api/v1/groups/{id}/invitations.',
      { reason: 'entity_not_found', detail: { entity: 'account', user_id: input.userId } },
    );
  }
  if (loaded.user.service !== undefined) {
    throw invalid('service_account', 'A service account is in its own group alone.');
  }
  await joinGroup(ctx, { ...input, group });
  return getGroup(asSystem(ctx), input.groupId);
}

/**
 * Makes an account a member, along with the write that uses its invitation up. Whoever calls it
 * has decided that it may come in. Throws `conflict` (already a member, changed meanwhile).
 */
export async function joinGroup(
  ctx: Context,
  input: {
    readonly userId: number;
    readonly group: Pick<Group, 'id' | 'name'>;
    readonly flags: GroupFlags;
    readonly use?: Write;
  },
): Promise<void> {
  requireUser(ctx);
  const { userId, group } = input;
  ctx.trail?.touches(target(group.id));
  const loaded = await readUserNow(ctx, userId);
  if (loaded === undefined) throw notFound('user', { user_id: userId });
  const outcome = await ctx.table.transact([
    ...joinWrites(loaded.user, group, input.flags),
    ...(input.use === undefined ? [] : [input.use]),
  ]);
  forgetUser(ctx, userId);
  if (outcome.ok) return;
  if (outcome.refusals[0] === undefined) throw changedMeanwhile();
  throw conflict('entity_exists', 'This account is a member of the group already.', {
    entity: 'group_member',
    existing_id: userId,
    entity_attributes: { group_id: group.id, user_id: userId },
  });
}

function memberOf(group: GroupState, userId: number): Member {
  const member = group.members.find((each) => each.userId === userId);
  if (member === undefined) {
    throw notFound('group_member', { group_id: group.id, user_id: userId });
  }
  return member;
}

/** Gives a member other permissions; nobody gives or takes what they do not have. */
export async function changeMember(
  ctx: Context,
  input: MemberId & { readonly flags: GroupFlags },
): Promise<GroupState> {
  const { groupId, userId, flags } = input;
  requirePermission(ctx, 'manage', target(groupId));
  requireCoherent(flags);
  const { group, own } = await readManaged(ctx, groupId);
  const member = memberOf(group, userId);
  requireCovers(own, member.flags);
  requireCovers(own, flags);
  if (member.service !== undefined && !covers(MEMBER_FLAGS, flags)) {
    throw invalid('service_account', 'A service account can have "read" and "write", no more.');
  }
  const [was, becomes] = [member.flags.owner, flags.owner];
  if (was && !becomes && !hasOtherOwner(group, userId)) throw lastOwner([group]);
  const change = { set: { flags: { ...flags } } };
  const outcome = await ctx.table.transact([
    update(identityKeys.membership(userId, groupId), change, itemExists),
    update(identityKeys.member(groupId, userId), change, itemExists),
    was === becomes ? ownersStay(group) : ownersChange(group),
    ...(becomes && !was ? [ownsMore(userId)] : []),
  ]);
  forgetUser(ctx, userId);
  if (!outcome.ok) throw changedMeanwhile();
  return getGroup(asSystem(ctx), groupId);
}

/** Takes a member out of a group that the caller manages. */
export async function removeMember(ctx: Context, input: MemberId): Promise<void> {
  requirePermission(ctx, 'manage', target(input.groupId));
  const { group, own } = await readManaged(ctx, input.groupId);
  const member = memberOf(group, input.userId);
  requireCovers(own, member.flags);
  if (member.service !== undefined) {
    throw conflict(
      'service_account',
      'A service account goes with its account: DELETE /api/v1/groups/{id}/serviceAccounts/{accountId}.',
    );
  }
  await takeOut(ctx, group, member);
}

/** Takes the caller out of a group. Throws `conflict` (`last_owner`). */
export async function leaveGroup(ctx: Context, groupId: number): Promise<void> {
  const { userId } = requirePerson(ctx);
  requirePermission(ctx, 'read', target(groupId));
  const group = await readGroupState(ctx, groupId);
  if (group === undefined) throw notFound('group', { group_id: groupId });
  ctx.trail?.touches(target(groupId));
  await takeOut(ctx, group, memberOf(group, userId));
}

/** An account that was made before there were profiles is found in `public` alone, until it leaves. */
async function lackingProfile(
  ctx: Context,
  group: GroupState,
  { userId, email }: Member,
): Promise<readonly Write[]> {
  if (group.id !== PUBLIC_GROUP.id || email !== undefined) return [];
  const loaded = await readUserNow(ctx, userId);
  return loaded === undefined ? [] : [put(profileItem(loaded.user), itemMissing)];
}

async function takeOut(ctx: Context, group: GroupState, member: Member): Promise<void> {
  const { userId, flags } = member;
  if (flags.owner && !hasOtherOwner(group, userId)) throw lastOwner([group]);
  const outcome = await ctx.table.transact([
    ...leaveWrites(userId, group.id),
    ...(await lackingProfile(ctx, group, member)),
    flags.owner ? ownersChange(group) : ownersStay(group),
  ]);
  forgetUser(ctx, userId);
  if (!outcome.ok) throw changedMeanwhile();
}
