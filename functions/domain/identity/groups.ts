import { type Context, readableGroups, requirePermission } from '#kernel/context.ts';
import { conflict, forbidden, notFound } from '#kernel/errors.ts';
import { matches } from '#kernel/search/matches.ts';
import { parseSearch } from '#kernel/search/parse.ts';
import { compare, itemExists, itemMissing, put, remove, update } from '#kernel/table.ts';
import { revisionIs } from './account.items.ts';
import { groupNameOf } from './group-name.ts';
import { changedMeanwhile, type GroupState, readGroupState, readManaged } from './group-state.ts';
import { identityKeys } from './identity.items.ts';
import type { Page, Search } from './list-users.ts';
import { forgetUser, usernamesOf } from './load-user.ts';
import { type Group, PUBLIC_GROUP } from './schemas.ts';

/** When a group was made, which never changes; 0 where nobody noted it. For who may see the group. */
export async function groupCreatedOn(
  ctx: Pick<Context, 'table' | 'cache'>,
  groupId: number,
): Promise<number> {
  const cacheKey = `group-created:${groupId}`;
  const cached = ctx.cache.get<number>(cacheKey);
  if (cached !== undefined) return cached;
  const row = await ctx.table.get(identityKeys.group(groupId), { eventual: true });
  const createdOn = Number(row?.createdOn ?? 0);
  if (row !== undefined) ctx.cache.set(cacheKey, createdOn);
  return createdOn;
}

/** A group with its members, for those who are in it. */
export async function getGroup(ctx: Context, groupId: number): Promise<GroupState> {
  const lookup = { group_id: groupId };
  requirePermission(ctx, 'read', { groupId, entity: 'group', lookup });
  const group = await readGroupState(ctx, groupId);
  if (group === undefined) throw notFound('group', lookup);
  return withCreator(ctx, group);
}

/** Creators may have another name by now, and may have left. */
async function withCreator(ctx: Context, group: GroupState): Promise<GroupState> {
  const { id } = group.createdBy;
  const member = group.members.find(({ userId }) => userId === id);
  const username = member?.username ?? (await usernamesOf(ctx, [id])).get(id);
  return { ...group, createdBy: { id, username: username ?? group.createdBy.username } };
}

/** The caller's groups in the order of their ids. */
export async function listGroups(ctx: Context, input: Search): Promise<Page<Group>> {
  const { terms } = parseSearch(input.search ?? '', { fields: ['name'] });
  const found = readableGroups(ctx)
    .filter((id) => matches(terms, { name: groupNameOf(ctx, id) }))
    .sort((a, b) => a - b);
  const page = found.slice(input.index, input.index + input.pageLength);
  const groups = await Promise.all(page.map((id) => readGroupState(ctx, id)));
  const rows = groups.filter((group) => group !== undefined);
  return {
    rows: await Promise.all(rows.map((group) => withCreator(ctx, group))),
    total: found.length,
  };
}

const AT_ONCE = 50;

/** Members' own rows name the group, so that no call needs to look its name up. */
async function renameMemberships(ctx: Context, group: GroupState, groupName: string) {
  for (let at = 0; at < group.members.length; at += AT_ONCE) {
    await Promise.all(
      group.members.slice(at, at + AT_ONCE).map(async ({ userId }) => {
        const row = identityKeys.membership(userId, group.id);
        await ctx.table.write(update(row, { set: { groupName } }, itemExists));
        forgetUser(ctx, userId);
      }),
    );
  }
}

/**
 * Gives a group another name. The same name again mends what an interrupted change left behind.
 * Throws `conflict` (`entity_exists`).
 */
export async function renameGroup(
  ctx: Context,
  input: { readonly groupId: number; readonly name: string },
): Promise<GroupState> {
  const { groupId, name } = input;
  const lookup = { group_id: groupId };
  requirePermission(ctx, 'manage', { groupId, entity: 'group', lookup });
  const { group } = await readManaged(ctx, groupId);
  if (groupId === PUBLIC_GROUP.id && name !== PUBLIC_GROUP.name) {
    throw forbidden(`The group "${PUBLIC_GROUP.name}" keeps its name.`);
  }
  if (name !== group.name) await takeName(ctx, group, name);
  const renamed = await readGroupState(ctx, groupId);
  if (renamed === undefined) throw notFound('group', lookup);
  await renameMemberships(ctx, renamed, renamed.name);
  return withCreator(ctx, renamed);
}

async function takeName(ctx: Context, group: GroupState, name: string): Promise<void> {
  const outcome = await ctx.table.transact([
    put({ ...identityKeys.groupName(name), id: group.id }, itemMissing),
    remove(identityKeys.groupName(group.name), compare('id', '=', group.id)),
    update(
      identityKeys.group(group.id),
      { set: { name, modifiedOn: ctx.clock.now() }, add: { revision: 1 } },
      revisionIs(group),
    ),
  ]);
  if (outcome.ok) return;
  const [taken] = outcome.refusals;
  throw taken === undefined ? changedMeanwhile() : groupNameTaken(name, taken.item?.id);
}

export const groupNameTaken = (name: string, existingId: unknown) =>
  conflict('entity_exists', 'The name is taken by another group.', {
    entity: 'group',
    existing_id: existingId,
    entity_attributes: { name },
  });
