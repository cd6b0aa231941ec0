import { createHash } from 'node:crypto';
import type { GroupFlags } from '#kernel/context.ts';
import { key, pad, prefix, ttlOf } from '#kernel/keys.ts';
import type { Attribute, Condition, Item, Key, Write } from '#kernel/table.ts';
import {
  all,
  check,
  compare,
  itemExists,
  itemMissing,
  put,
  remove,
  update,
} from '#kernel/table.ts';
import type { User } from './schemas.ts';

/** A user with what only this capability may see. */
export interface UserRow extends User {
  /** Absent for service accounts, and once the account is deleted. */
  readonly passwordHash?: string;
  /** Rises with every change of password; sessions and tokens of older versions are void. */
  readonly credentialVersion: number;
  /** Rises with every change of name, address and groups, so that none of them misses another. */
  readonly revision: number;
  /** The row of a deleted account stays for the name in what it made. */
  readonly deletedOn?: number;
}

/** A session or token, found by the hash of its secret text. */
export interface CredentialRow {
  readonly kind: 'session' | 'token';
  readonly tokenId: string;
  readonly userId: number;
  readonly credentialVersion: number;
  readonly createdOn: number;
  readonly expiresOn: number;
  readonly name?: string;
  readonly scopes?: readonly string[];
}

/** What others may see of an account. */
export type Profile = Pick<User, 'id' | 'username' | 'email' | 'service'>;

export const hashToken = (token: string): string =>
  createHash('sha256').update(token).digest('base64url');

export const identityKeys = {
  user: (id: number): Key => key(`${prefix.user}#${id}`, 'USR'),
  username: (username: string): Key => key(`${prefix.name}#user#${username}`, 'NAME'),
  email: (email: string): Key => key(`${prefix.name}#email#${email.toLowerCase()}`, 'NAME'),
  /** Every account in one partition, for administrators. */
  profiles: `${prefix.user}#ALL`,
  profile: (id: number): Key => key(`${prefix.user}#ALL`, pad(id)),
  group: (id: number): Key => key(`${prefix.group}#${id}`, 'GRP'),
  groupName: (name: string): Key => key(`${prefix.name}#group#${name}`, 'NAME'),
  /** In the partition of the user: one query brings the user and all memberships. */
  membership: (userId: number, groupId: number): Key =>
    key(`${prefix.user}#${userId}`, `GRP#${groupId}`),
  /** In the partition of the group: who is in it. */
  member: (groupId: number, userId: number): Key =>
    key(`${prefix.group}#${groupId}`, `USR#${userId}`),
  credential: (hash: string): Key => key(`${prefix.session}#${hash}`, 'SES'),
  tokensOf: (userId: number): string => `${prefix.user}#${userId}#TOKENS`,
};

const profileOf = ({ id, username, email, service }: Profile) => ({
  id,
  username,
  email,
  ...(service === undefined ? {} : { service }),
});

export const readProfile = (item: Item): Profile => profileOf(item as unknown as Profile);
export const readUser = (item: Item): UserRow => item as unknown as UserRow;

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
  all(itemExists, compare('revision', '=', revision));

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

export const readCredentialRow = (item: Item): CredentialRow => item as unknown as CredentialRow;
