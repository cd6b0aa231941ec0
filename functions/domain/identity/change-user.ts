import { type Context, requirePerson } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';
import { itemExists, itemMissing, put, remove, update, type Write } from '#kernel/table.ts';
import { profileItem, userChange } from './account.items.ts';
import { takenError } from './create-user.ts';
import { changedMeanwhile } from './group-state.ts';
import { identityKeys, type UserRow } from './identity.items.ts';
import { forgetName, readUserNow, versionOfUser } from './load-user.ts';
import type { User } from './schemas.ts';

/** What a transaction holds beside the account itself; the others follow it. */
const GROUPS_AT_ONCE = 90;

/** Gives the caller's account another name and address; its sessions and tokens stay good. */
export async function changeUser(
  ctx: Context,
  input: { readonly username: string; readonly email: string },
): Promise<User> {
  const { userId } = requirePerson(ctx);
  const loaded = await readUserNow(ctx, userId);
  if (loaded === undefined) throw notFound('user', { user_id: userId });
  ctx.ifMatch?.require(versionOfUser(loaded));
  const before = loaded.user;
  const set = { ...input, modifiedOn: ctx.clock.now() };
  const user: UserRow = { ...before, ...set };
  const names = guardWrites(before, user);
  // Each group's list of members shows name and address.
  const members = [...loaded.memberships.keys()].map((groupId) =>
    update(identityKeys.member(groupId, userId), { set: input }, itemExists),
  );
  const outcome = await ctx.table.transact([
    ...names.username,
    ...names.email,
    userChange(before, set),
    put(profileItem(user)),
    ...members.slice(0, GROUPS_AT_ONCE),
  ]);
  forgetName(ctx, before);
  if (!outcome.ok) {
    const refusals = {
      username: names.username.length > 0 ? outcome.refusals[0] : undefined,
      email: names.email.length > 0 ? outcome.refusals[names.username.length] : undefined,
    };
    throw takenError({ ...input, refusals }) ?? changedMeanwhile();
  }
  await Promise.all(members.slice(GROUPS_AT_ONCE).map((member) => ctx.table.write(member)));
  return user;
}

/** The new name and address are taken and the old ones given back, where they differ. */
function guardWrites(before: UserRow, after: UserRow) {
  const { username, email } = identityKeys;
  const moved = (from: ReturnType<typeof username>, to: typeof from): readonly Write[] =>
    from.pk === to.pk ? [] : [put({ ...to, id: after.id }, itemMissing), remove(from)];
  return {
    username: moved(username(before.username), username(after.username)),
    email: moved(email(before.email), email(after.email)),
  };
}
