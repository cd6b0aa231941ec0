import {
  type Context,
  type GroupFlags,
  managesGroup,
  requirePermission,
  requireUser,
} from '#kernel/context.ts';
import { AppError, conflict, forbidden, invalid, notFound } from '#kernel/errors.ts';
import { digestOf, etagOf } from '#kernel/etag.ts';
import { prefix } from '#kernel/keys.ts';
import { check, type Item, update, type Write } from '#kernel/table.ts';
import { revisionIs } from './account.items.ts';
import { identityKeys, NO_REVISION } from './identity.items.ts';
import { type Group, type Member, OWNER_FLAGS } from './schemas.ts';

/** A group as its rows say, with the number of its last change of name or owners. */
export type GroupState = Group & { readonly revision: number };

/** The version of a group that callers see, its members and their permissions included. */
export const versionOfGroup = ({ id, revision, members }: GroupState): string =>
  etagOf(id, revision, digestOf(members.map(({ userId, flags }) => [userId, flags])));

const toMember = (item: Item): Member => ({
  userId: item.userId as number,
  username: item.username as string,
  email: item.email as string | undefined,
  flags: item.flags as unknown as GroupFlags,
  ...(item.service === undefined ? {} : { service: item.service as number }),
});

const inOrder = (items: readonly Item[]): readonly Member[] =>
  items.map(toMember).sort((a, b) => a.userId - b.userId);

/** Who is in a group, in the order of ids. */
export async function readMembers(
  ctx: Pick<Context, 'table'>,
  groupId: number,
): Promise<readonly Member[]> {
  const sk = { prefix: 'USR#' };
  return inOrder((await ctx.table.query({ pk: `${prefix.group}#${groupId}`, sk })).items);
}

export async function readGroupState(
  ctx: Pick<Context, 'table'>,
  groupId: number,
): Promise<GroupState | undefined> {
  const { items } = await ctx.table.query({ pk: `${prefix.group}#${groupId}` });
  const row = items.find((item) => item.sk === 'GRP');
  if (row === undefined) return undefined;
  return {
    id: groupId,
    name: row.name as string,
    createdBy: row.createdBy as unknown as Group['createdBy'],
    createdOn: row.createdOn as number,
    modifiedOn: row.modifiedOn as number,
    revision: (row.revision as number | undefined) ?? NO_REVISION,
    members: inOrder(items.filter((item) => item.sk !== 'GRP')),
  };
}

/** The group and what the caller may do in it, as both are now: for those who manage it. */
export async function readManaged(
  ctx: Context,
  groupId: number,
): Promise<{ readonly group: GroupState; readonly own: GroupFlags }> {
  const lookup = { group_id: groupId };
  requirePermission(ctx, 'manage', { groupId, entity: 'group', lookup });
  const { userId } = requireUser(ctx);
  const group = await readGroupState(ctx, groupId);
  const own = group?.members.find((member) => member.userId === userId)?.flags;
  if (group === undefined || own === undefined) throw notFound('group', lookup);
  if (!managesGroup(own)) throw forbidden('You no longer manage this group.');
  ctx.ifMatch?.require(versionOfGroup(group));
  return { group, own };
}

const FLAGS = ['read', 'write', 'shareRead', 'shareWrite', 'owner', 'admin'] as const;

export const covers = (own: GroupFlags, asked: GroupFlags): boolean =>
  FLAGS.every((flag) => own[flag] || !asked[flag]);

/** Nobody gives or takes what they do not have themselves. */
export function requireCovers(own: GroupFlags, asked: GroupFlags): void {
  if (covers(own, asked)) return;
  const missing = FLAGS.filter((flag) => asked[flag] && !own[flag]);
  throw forbidden(`Only members with the permissions ${missing.join(', ')} may do this.`);
}

/** Permissions that make sense together. Throws `invalid` (`group_permissions`). */
export function requireCoherent(flags: GroupFlags): void {
  if (!flags.read) {
    throw invalid(
      'group_permissions',
      'A member can read: set "read", or take the member out of the group.',
    );
  }
  if (flags.owner && !covers(flags, OWNER_FLAGS)) {
    throw invalid(
      'group_permissions',
      'An owner has every permission: set all of them, or leave "owner" out.',
    );
  }
}

/** Whether a group has a person that owns it besides this one. */
export const hasOtherOwner = ({ members }: GroupState, userId: number): boolean =>
  members.some((member) => member.flags.owner && member.userId !== userId);

export const lastOwner = (groups: readonly { readonly id: number; readonly name: string }[]) =>
  conflict(
    'last_owner',
    'A group must not be left without an owner. Make another member an owner first: ' +
      `PUT /api/v1/groups/${groups[0]?.id}/members/{userId} with every permission true.`,
    { groups: groups.map(({ id, name }) => ({ id, name })) },
  );

/** Belongs into each transaction that makes or takes an owner, so that two never take the last two. */
export const ownersChange = (group: GroupState): Write =>
  update(identityKeys.group(group.id), { add: { revision: 1 } }, revisionIs(group));

/** Belongs into all others that change members, so that none takes an owner whom it saw as less. */
export const ownersStay = (group: GroupState): Write =>
  check(identityKeys.group(group.id), revisionIs(group));

export const changedMeanwhile = (): AppError =>
  new AppError('conflict', 'It was changed meanwhile; look at it again, and try again.', {
    reason: 'write_conflict',
  });
