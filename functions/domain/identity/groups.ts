import {
  type Context,
  type GroupFlags,
  readableGroups,
  requirePermission,
} from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';
import { prefix } from '#kernel/keys.ts';
import type { Group, Member } from './schemas.ts';

/** A group with its members, for those who are in it. */
export async function getGroup(ctx: Context, groupId: number): Promise<Group> {
  const lookup = { group_id: groupId };
  requirePermission(ctx, 'read', { groupId, entity: 'group', lookup });
  const page = await ctx.table.query({ pk: `${prefix.group}#${groupId}` });
  const row = page.items.find((item) => item.sk === 'GRP');
  if (row === undefined) throw notFound('group', lookup);
  const members = page.items
    .filter((item) => item.sk !== 'GRP')
    .map(
      (item): Member => ({
        userId: item.userId as number,
        username: item.username as string,
        flags: item.flags as unknown as GroupFlags,
      }),
    )
    .sort((a, b) => a.userId - b.userId);
  return {
    id: groupId,
    name: row.name as string,
    createdBy: row.createdBy as unknown as Group['createdBy'],
    createdOn: row.createdOn as number,
    modifiedOn: row.modifiedOn as number,
    members,
  };
}

/** The caller's groups in the order of their ids. */
export async function listGroups(ctx: Context): Promise<readonly Group[]> {
  const ids = [...readableGroups(ctx)].sort((a, b) => a - b);
  return Promise.all(ids.map((id) => getGroup(ctx, id)));
}

/** Name of a group that the actor is in. */
export function groupNameOf(ctx: Context, groupId: number): string {
  const memberships = 'memberships' in ctx.actor ? ctx.actor.memberships : undefined;
  return memberships?.get(groupId)?.groupName ?? `group-${groupId}`;
}
