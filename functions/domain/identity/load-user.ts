import { isDeepStrictEqual } from 'node:util';
import type { Actor, Context, GroupFlags, Membership, Platform } from '#kernel/context.ts';
import { digestOf, etagOf } from '#kernel/etag.ts';
import { prefix } from '#kernel/keys.ts';
import { identityKeys, type Profile, readUser, type UserRow } from './identity.items.ts';
import { CREDENTIAL_CACHE_SECONDS } from './schemas.ts';

export interface LoadedUser {
  readonly user: UserRow;
  readonly memberships: ReadonlyMap<number, Membership>;
}

/** The version of an account that its owner sees, the groups that it is in included. */
export const versionOfUser = ({ user, memberships }: LoadedUser): string =>
  etagOf(user.id, user.revision, digestOf([...memberships.keys()]));

const cacheKey = (userId: number): string => `user:${userId}`;

/** The user with all memberships as they are now; `undefined` when there is none, or none any more. */
export async function readUserNow(
  platform: Pick<Platform, 'table'>,
  userId: number,
): Promise<LoadedUser | undefined> {
  const page = await platform.table.query({
    pk: `${prefix.user}#${userId}`,
    sk: { from: 'GRP#', to: 'USR' },
  });
  const row = page.items.find((item) => item.sk === 'USR');
  if (row === undefined || row.deletedOn !== undefined) return undefined;
  const memberships = new Map<number, Membership>();
  for (const item of page.items) {
    if (item.sk === 'USR') continue;
    const groupId = item.groupId as number;
    memberships.set(groupId, {
      groupId,
      groupName: item.groupName as string,
      flags: item.flags as unknown as GroupFlags,
    });
  }
  return { user: readUser(row), memberships };
}

/** The same, at most 5 seconds old. */
export async function loadUser(
  platform: Pick<Platform, 'table' | 'cache'>,
  userId: number,
): Promise<LoadedUser | undefined> {
  return platform.cache.get<LoadedUser>(cacheKey(userId)) ?? reloadUser(platform, userId);
}

/**
 * The same as it is now, for what must not be refused, since another process changed a password or ended
 * all sessions a moment ago.
 */
export async function reloadUser(
  platform: Pick<Platform, 'table' | 'cache'>,
  userId: number,
): Promise<LoadedUser | undefined> {
  const loaded = await readUserNow(platform, userId);
  if (loaded !== undefined) {
    platform.cache.set(cacheKey(userId), loaded, CREDENTIAL_CACHE_SECONDS);
  }
  return loaded;
}

/** To be called by whatever changes a user or its memberships. */
export function forgetUser(platform: Pick<Platform, 'cache'>, userId: number): void {
  platform.cache.delete(cacheKey(userId));
}

/** To be called by whatever changes the name of a user, or ends it. */
export function forgetName(platform: Pick<Platform, 'cache'>, user: Profile): void {
  forgetUser(platform, user.id);
  platform.cache.delete(`username:${user.username}`);
  platform.cache.delete(`name:${user.id}`);
}

export function userActor(
  loaded: LoadedUser,
  shown: { readonly scopes?: readonly string[]; readonly tokenId?: string } = {},
): Actor {
  const { scopes, tokenId } = shown;
  return {
    kind: 'user',
    userId: loaded.user.id,
    username: loaded.user.username,
    memberships: loaded.memberships,
    ...(loaded.user.service === undefined ? {} : { service: true }),
    ...(scopes === undefined ? {} : { scopes }),
    ...(tokenId === undefined ? {} : { tokenId }),
  };
}

/** A user with the groups that it is in now; `undefined` where it has those, and for other actors. */
export async function renewedActor(
  platform: Pick<Platform, 'table' | 'cache'>,
  actor: Actor,
): Promise<Actor | undefined> {
  if (actor.kind !== 'user') return undefined;
  const { memberships } = (await reloadUser(platform, actor.userId)) ?? actor;
  return isDeepStrictEqual(memberships, actor.memberships) ? undefined : { ...actor, memberships };
}

/** The user with this name, where this process read it in the last 5 seconds. */
export function rememberedUser(
  { cache }: Pick<Platform, 'cache'>,
  username: string,
): LoadedUser | undefined {
  const userId = cache.get<number>(`username:${username}`);
  return userId === undefined ? undefined : cache.get<LoadedUser>(cacheKey(userId));
}

/** The id of the user with this name as it is now; `undefined` when there is none. */
export async function findUserId(
  platform: Pick<Platform, 'table' | 'cache'>,
  username: string,
): Promise<number | undefined> {
  const guard = await platform.table.get(identityKeys.username(username));
  if (guard === undefined) return undefined;
  platform.cache.set(`username:${username}`, guard.id as number, CREDENTIAL_CACHE_SECONDS);
  return guard.id as number;
}

/** Names to show for user ids; read at most every five minutes for each. */
export async function usernamesOf(
  ctx: Pick<Context, 'table' | 'cache'> & { readonly actor?: Actor },
  userIds: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const names = new Map<number, string>();
  const wanted: number[] = [];
  for (const id of new Set(userIds)) {
    const name =
      ctx.actor !== undefined && 'userId' in ctx.actor && ctx.actor.userId === id
        ? ctx.actor.username
        : ctx.cache.get<string>(`name:${id}`);
    if (name === undefined) wanted.push(id);
    else names.set(id, name);
  }
  if (wanted.length === 0) return names;
  const rows = await ctx.table.batchGet(wanted.map(identityKeys.user), { eventual: true });
  wanted.forEach((id, index) => {
    const name = (rows[index]?.username as string | undefined) ?? `user-${id}`;
    ctx.cache.set(`name:${id}`, name, 300);
    names.set(id, name);
  });
  return names;
}
