import type { GroupFlags } from '#kernel/context.ts';
import { ttlOf } from '#kernel/keys.ts';
import type { Attribute, Condition, Item, Write } from '#kernel/table.ts';
import {
  all,
  check,
  compare,
  itemExists,
  itemMissing,
  missing,
  put,
  remove,
  update,
} from '#kernel/table.ts';
import {
  type CredentialRow,
  identityKeys,
  NO_REVISION,
  type Profile,
  profileOf,
  type UserRow,
} from './identity.items.ts';

const userItem = (user: UserRow): Item => ({
  ...identityKeys.user(user.id),
  ...(user as unknown as Record<string, Attribute>),
});

export const profileItem = (user: Profile): Item => ({
  ...identityKeys.profile(user.id),
  ...profileOf(user),
});

/** A new account, refused (first and second) when its name or its address is taken. */
export const newUserWrites = (user: UserRow): Write[] => [
  put({ ...identityKeys.username(user.username), id: user.id }, itemMissing),
  ...(user.email === ''
    ? []
    : [put({ ...identityKeys.email(user.email), id: user.id }, itemMissing)]),
  put(userItem(user), itemMissing),
  put(profileItem(user)),
];

/** Condition of every change of a row that was read at this revision. */
export const revisionIs = ({ revision }: { readonly revision: number }) =>
  all(
    itemExists,
    revision === NO_REVISION ? missing('revision') : compare('revision', '=', revision),
  );

/** A change of an account that nothing may have changed meanwhile. */
export const userChange = (
  user: UserRow,
  set: Partial<UserRow> = {},
  removed: readonly string[] = [],
): Write =>
  update(
    identityKeys.user(user.id),
    { set: set as Record<string, Attribute>, add: { revision: 1 }, remove: removed },
    revisionIs(user),
  );

/**
 * Belongs into each transaction that makes an account own something, so that it does not end
 * meanwhile: who is ending it must look again. Many at once are not in each other's way.
 */
export const ownsMore = (userId: number): Write =>
  update(
    identityKeys.user(userId),
    { add: { revision: 1 } },
    all(itemExists, missing('deletedOn')),
  );

/** The two rows of one membership. */
export function membershipWrites(
  user: Profile,
  group: { readonly id: number; readonly name: string },
  flags: GroupFlags,
  condition?: Condition,
): Write[] {
  const { id: userId, ...profile } = profileOf(user);
  const shared = { userId, groupId: group.id, flags: { ...flags } };
  return [
    put(
      { ...identityKeys.membership(userId, group.id), ...shared, groupName: group.name },
      condition,
    ),
    put({ ...identityKeys.member(group.id, userId), ...shared, ...profile }, condition),
  ];
}

/**
 * The same for an account and a group that are there, refused when it is a member already
 * (first), and when the account changed or the group its name.
 */
export const joinWrites = (
  user: UserRow,
  group: { readonly id: number; readonly name: string },
  flags: GroupFlags,
): Write[] => [
  ...membershipWrites(user, group, flags, itemMissing),
  check(identityKeys.group(group.id), compare('name', '=', group.name)),
  userChange(user),
];

export const leaveWrites = (userId: number, groupId: number): Write[] => [
  remove(identityKeys.membership(userId, groupId), itemExists),
  remove(identityKeys.member(groupId, userId), itemExists),
];

/** An account ends with its memberships; the name stays with it, for what it made. */
export const userEndWrites = (user: UserRow, groupIds: readonly number[], now: number): Write[] => [
  userChange(user, { deletedOn: now, modifiedOn: now, email: '' }, ['passwordHash']),
  remove(identityKeys.profile(user.id)),
  ...(user.email === '' ? [] : [remove(identityKeys.email(user.email))]),
  ...groupIds.flatMap((groupId) => leaveWrites(user.id, groupId)),
];

/** The group with its creator as its only member. */
export function newGroupWrites(
  group: { readonly id: number; readonly name: string },
  creator: Profile,
  flags: GroupFlags,
  now: number,
): Write[] {
  const item: Item = {
    ...identityKeys.group(group.id),
    id: group.id,
    name: group.name,
    createdBy: { id: creator.id, username: creator.username },
    createdOn: now,
    modifiedOn: now,
    revision: 1,
  };
  return [
    put(item, itemMissing),
    put({ ...identityKeys.groupName(group.name), id: group.id }, itemMissing),
    ...membershipWrites(creator, group, flags),
  ];
}

export function credentialItem(hash: string, row: CredentialRow): Item {
  return {
    ...identityKeys.credential(hash),
    ...(row as unknown as Record<string, Attribute>),
    ttl: ttlOf(row.expiresOn),
    ...(row.kind === 'token'
      ? { gsi1pk: identityKeys.tokensOf(row.userId), gsi1sk: `${row.createdOn}#${row.tokenId}` }
      : {}),
  };
}
