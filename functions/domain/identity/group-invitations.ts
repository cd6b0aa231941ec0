import {
  asSystem,
  type Context,
  type GroupFlags,
  managesGroup,
  requirePermission,
  requirePerson,
} from '#kernel/context.ts';
import { check, compare, type Write } from '#kernel/table.ts';
import { isAdministrator } from './administrators.ts';
import type { Join } from './create-user.ts';
import { covers, readManaged, requireCoherent, requireCovers } from './group-state.ts';
import { getGroup } from './groups.ts';
import { identityKeys } from './identity.items.ts';
import { type InvitationRow, invitationKeys } from './invitation.items.ts';
import { joinGroup } from './members.ts';
import {
  badInvitation,
  findInvitation,
  type Invitation,
  invitationEnd,
  type NewInvitation,
  newInvitation,
  readInvitations,
} from './new-invitation.ts';
import type { Group } from './schemas.ts';

const target = (groupId: number) => ({ groupId, entity: 'group', lookup: { group_id: groupId } });

/**
 * Invites one person to a group, who has an account or makes one with it. Where accounts take an
 * invitation, only an administrator's makes one. The text is returned this once.
 */
export async function createGroupInvitation(
  ctx: Context,
  input: { readonly groupId: number; readonly flags: GroupFlags; readonly days: number },
): Promise<NewInvitation> {
  const { groupId: id, flags, days } = input;
  requirePermission(ctx, 'manage', target(id));
  const { userId: by } = requirePerson(ctx);
  requireCoherent(flags);
  requireCovers((await readManaged(ctx, id)).own, flags);
  const newUsers = isAdministrator(ctx.actor);
  const group = { id, flags, by, newUsers };
  const { write, answer } = newInvitation(ctx, { kind: 'group', group, days });
  await ctx.table.write(write);
  return answer;
}

/** The group's invitations that nobody has used yet, without their text. */
export async function listGroupInvitations(
  ctx: Context,
  groupId: number,
): Promise<readonly Invitation[]> {
  requirePermission(ctx, 'manage', target(groupId));
  await readManaged(ctx, groupId);
  return readInvitations(ctx, invitationKeys.ofGroup(groupId));
}

export async function revokeGroupInvitation(
  ctx: Context,
  input: { readonly groupId: number; readonly invitationId: string },
): Promise<void> {
  const { groupId, invitationId } = input;
  requirePermission(ctx, 'manage', target(groupId));
  await readManaged(ctx, groupId);
  await ctx.table.write(await invitationEnd(ctx, invitationKeys.ofGroup(groupId), invitationId));
}

/**
 * The group that an invitation leads into. It is no better than whoever made it: who has left,
 * or has lost what it gives, invites nobody any more.
 */
export async function groupOf(
  ctx: Pick<Context, 'table'>,
  { id, flags, by }: NonNullable<InvitationRow['group']>,
): Promise<{ readonly join: Join; readonly still: Write }> {
  const [group, inviter] = await ctx.table.batchGet([
    identityKeys.group(id),
    identityKeys.member(id, by),
  ]);
  const own = inviter?.flags as GroupFlags | undefined;
  if (group === undefined || own === undefined) throw badInvitation();
  if (!managesGroup(own) || !covers(own, flags)) throw badInvitation();
  const name = group.name as string;
  return {
    join: { id, name, flags },
    still: check(identityKeys.group(id), compare('name', '=', name)),
  };
}

/** Comes into a group by an invitation to it. Throws `forbidden` (`invitation_invalid`). */
export async function acceptInvitation(ctx: Context, token: string): Promise<Group> {
  const { userId } = requirePerson(ctx);
  const { row, use } = await findInvitation(ctx, token);
  if (row.group === undefined) throw badInvitation();
  const { join } = await groupOf(ctx, row.group);
  await joinGroup(ctx, { userId, group: join, flags: join.flags, use });
  return getGroup(asSystem(ctx), join.id);
}
