import { createHash } from 'node:crypto';
import type { GroupFlags } from '#kernel/context.ts';
import { key, prefix, ttlOf } from '#kernel/keys.ts';
import type { Attribute, Item, Key, Write } from '#kernel/table.ts';
import { itemMissing, put } from '#kernel/table.ts';
import type { User } from './schemas.ts';

/** A user with what only this capability may see. */
export interface UserRow extends User {
  readonly passwordHash: string;
  /** Rises with every change of password; sessions and tokens of older versions are void. */
  readonly credentialVersion: number;
}

/** A session or personal token, found by the hash of its secret text. */
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

export const hashToken = (token: string): string =>
  createHash('sha256').update(token).digest('base64url');

export const identityKeys = {
  user: (id: number): Key => key(`${prefix.user}#${id}`, 'USR'),
  username: (username: string): Key => key(`${prefix.name}#user#${username}`, 'NAME'),
  email: (email: string): Key => key(`${prefix.name}#email#${email.toLowerCase()}`, 'NAME'),
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

export function userItem(user: UserRow): Item {
  return { ...identityKeys.user(user.id), ...(user as unknown as Record<string, Attribute>) };
}

export const readUser = (item: Item): UserRow => item as unknown as UserRow;

/** The two rows of one membership. */
export function membershipWrites(
  user: { id: number; username: string },
  group: { id: number; name: string },
  flags: GroupFlags,
): Write[] {
  const row = {
    userId: user.id,
    username: user.username,
    groupId: group.id,
    groupName: group.name,
    flags: { ...flags },
  };
  return [
    put({ ...identityKeys.membership(user.id, group.id), ...row }),
    put({ ...identityKeys.member(group.id, user.id), ...row }),
  ];
}

/** The group with its creator as its only member. */
export function newGroupWrites(
  group: { id: number; name: string },
  creator: { id: number; username: string },
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
