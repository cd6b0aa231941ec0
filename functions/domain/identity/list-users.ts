import { type Context, readableGroups } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';
import { matches } from '#kernel/search/matches.ts';
import { parseSearch } from '#kernel/search/parse.ts';
import { isAdministrator } from './administrators.ts';
import { readMembers } from './group-state.ts';
import {
  identityKeys,
  type Profile,
  readProfile,
  readUser,
  type UserRow,
} from './identity.items.ts';
import { type LoadedUser, loadUser } from './load-user.ts';
import { type Member, PUBLIC_GROUP } from './schemas.ts';

export interface Search {
  readonly index: number;
  readonly pageLength: number;
  readonly search?: string;
}

export interface Page<R> {
  readonly rows: readonly R[];
  readonly total: number;
}

const SEARCHED = ['username', 'email'];

/** The profiles of members; the account's own row tells the address that a member's lacks. */
async function profilesOf(ctx: Context, members: readonly Member[]): Promise<readonly Profile[]> {
  const lacking = members.filter(({ email }) => email === undefined);
  const keys = lacking.map(({ userId }) => identityKeys.user(userId));
  const rows = keys.length === 0 ? [] : await ctx.table.batchGet(keys);
  const emails = new Map(rows.map((row) => [row?.id, row?.email as string | undefined]));
  return members.map(({ userId: id, email, ...profile }) => ({
    ...profile,
    id,
    email: email ?? emails.get(id) ?? '',
  }));
}

/**
 * Every account. Those that were made before there were profiles are in `public`, where their
 * rows lack the address as well; they get a profile when they change or leave it.
 */
async function everybody(ctx: Context): Promise<readonly Profile[]> {
  const [{ items }, members] = await Promise.all([
    ctx.table.query({ pk: identityKeys.profiles }),
    readMembers(ctx, PUBLIC_GROUP.id),
  ]);
  const first = members.filter(({ email }) => email === undefined);
  return [...items.map(readProfile), ...(await profilesOf(ctx, first))];
}

/** Whoever shares a group with the caller, and the caller. */
async function acquaintances(ctx: Context): Promise<readonly Profile[]> {
  const groups = await Promise.all(readableGroups(ctx).map((id) => readMembers(ctx, id)));
  const known = new Map(groups.flat().map((member) => [member.userId, member]));
  const profiles = await profilesOf(ctx, [...known.values()]);
  if (ctx.actor.kind !== 'user' || known.has(ctx.actor.userId)) return profiles;
  const self = await loadUser(ctx, ctx.actor.userId);
  return self === undefined ? profiles : [...profiles, self.user];
}

/** The accounts that the caller may see, in the order of their ids: all for administrators. */
export async function listUsers(ctx: Context, input: Search): Promise<Page<Profile>> {
  const { terms } = parseSearch(input.search ?? '', { fields: SEARCHED });
  const seen = await (isAdministrator(ctx.actor) ? everybody(ctx) : acquaintances(ctx));
  const found = seen
    .filter(({ username, email }) => matches(terms, { username, email }))
    .sort((a, b) => a.id - b.id);
  return { rows: found.slice(input.index, input.index + input.pageLength), total: found.length };
}

/** All accounts that the caller may see, whole. */
export async function listAccounts(ctx: Context): Promise<readonly UserRow[]> {
  const { rows } = await listUsers(ctx, { index: 0, pageLength: Number.MAX_SAFE_INTEGER });
  const items = await ctx.table.batchGet(rows.map(({ id }) => identityKeys.user(id)));
  return items.flatMap((item) =>
    item === undefined || item.deletedOn !== undefined ? [] : [readUser(item)],
  );
}

/** Whether the caller may know that there is this account. */
export function mayKnow(ctx: Context, { user, memberships }: LoadedUser): boolean {
  if (ctx.actor.kind !== 'user' && ctx.actor.kind !== 'job') return false;
  if (ctx.actor.userId === user.id || isAdministrator(ctx.actor)) return true;
  return readableGroups(ctx).some((groupId) => memberships.has(groupId));
}

/** A user by id, for those who share a group with it, and for administrators. */
export async function getUser(ctx: Context, userId: number): Promise<UserRow> {
  const loaded = await loadUser(ctx, userId);
  if (loaded === undefined || !mayKnow(ctx, loaded)) throw notFound('user', { user_id: userId });
  return loaded.user;
}
