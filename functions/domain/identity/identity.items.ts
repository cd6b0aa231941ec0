import { hash } from 'node:crypto';
import { key, pad, prefix } from '#kernel/keys.ts';
import type { Item, Key } from '#kernel/table.ts';
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

/** Of rows of users and groups that were written before these counted, and did not change since. */
export const NO_REVISION = 0;

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

export const hashToken = (token: string): string => hash('sha256', token, 'base64url');

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

export const profileOf = ({ id, username, email, service }: Profile) => ({
  id,
  username,
  email,
  ...(service === undefined ? {} : { service }),
});

export const readProfile = (item: Item): Profile => profileOf(item as unknown as Profile);
export const readUser = (item: Item): UserRow =>
  ({ revision: NO_REVISION, ...item }) as unknown as UserRow;

export const readCredentialRow = (item: Item): CredentialRow => item as unknown as CredentialRow;
