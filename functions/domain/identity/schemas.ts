import type { GroupFlags } from '#kernel/context.ts';

export interface User {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  /** Milliseconds since the epoch, as all times of the domain. */
  readonly createdOn: number;
  readonly modifiedOn: number;
  readonly lastLoginOn: number | undefined;
  readonly passwordExpiresOn: number;
  /** The group that a service account belongs to; absent for people. */
  readonly service?: number;
}

export interface NewUser {
  readonly username: string;
  readonly email: string;
  readonly password: string;
}

export interface Member {
  readonly userId: number;
  readonly username: string;
  /** `undefined` on rows that were written before they held it: then the account's own row tells. */
  readonly email: string | undefined;
  readonly service?: number;
  readonly flags: GroupFlags;
}

export interface Group {
  readonly id: number;
  readonly name: string;
  readonly createdBy: { readonly id: number; readonly username: string };
  readonly createdOn: number;
  readonly modifiedOn: number;
  readonly members: readonly Member[];
}

/** Flags of whoever makes a group. */
export const OWNER_FLAGS: GroupFlags = {
  read: true,
  write: true,
  shareRead: true,
  shareWrite: true,
  owner: true,
  admin: true,
};

/** Flags of those who join later. */
export const MEMBER_FLAGS: GroupFlags = {
  read: true,
  write: true,
  shareRead: false,
  shareWrite: false,
  owner: false,
  admin: false,
};

/** Flags of those who may only look on. */
export const READER_FLAGS: GroupFlags = { ...MEMBER_FLAGS, write: false };

/** The group that everybody is in where registration is open. */
export const PUBLIC_GROUP = { id: 1, name: 'public' } as const;

const DAY = 24 * 60 * 60 * 1000;
export const PASSWORD_LIFE_MS = 365 * DAY;
export const SESSION_LIFE_MS = 14 * DAY;
/** How long a revoked credential may still work, in seconds. */
export const CREDENTIAL_CACHE_SECONDS = 5;
