import { type Context, requirePerson } from '#kernel/context.ts';
import { AppError, conflict, forbidden, notFound } from '#kernel/errors.ts';
import { userEndWrites } from './account.items.ts';
import { requireAdministrator } from './administrators.ts';
import {
  changedMeanwhile,
  type GroupState,
  hasOtherOwner,
  lastOwner,
  ownersChange,
  readGroupState,
} from './group-state.ts';
import { forgetName, type LoadedUser, readUserNow } from './load-user.ts';
import { tryPassword } from './password-tries.ts';

/** As many as one transaction can leave. */
const MOST_GROUPS = 30;

async function ownedGroups(
  ctx: Context,
  { memberships }: LoadedUser,
): Promise<readonly GroupState[]> {
  const owned = [...memberships.values()].filter(({ flags }) => flags.owner);
  const groups = await Promise.all(owned.map(({ groupId }) => readGroupState(ctx, groupId)));
  return groups.filter((group) => group !== undefined);
}

/**
 * Ends the caller's account: memberships, sessions and tokens go with it, and its address is
 * free again. Its name stays taken, since what it made goes on to show it. Throws
 * `unauthenticated` (`wrong_password`), `conflict` (`last_owner`).
 */
export async function deleteUser(
  ctx: Context,
  input: { readonly password: string },
): Promise<{ readonly id: number }> {
  const { userId } = requirePerson(ctx);
  const loaded = await readUserNow(ctx, userId);
  if (loaded === undefined) throw notFound('user', { user_id: userId });
  const { user } = loaded;
  if (!(await tryPassword(ctx, user.username, user.passwordHash, input.password))) {
    throw new AppError('unauthenticated', 'The password is wrong.', { reason: 'wrong_password' });
  }
  await endAccount(ctx, loaded);
  return { id: userId };
}

/** Ends an account and what it is in. Whoever calls it has asked for permission. */
async function endAccount(ctx: Context, loaded: LoadedUser): Promise<void> {
  const { user, memberships } = loaded;
  const owned = await ownedGroups(ctx, loaded);
  const alone = owned.filter((group) => !hasOtherOwner(group, user.id));
  if (alone.length > 0) throw lastOwner(alone);
  if (memberships.size > MOST_GROUPS) {
    throw conflict(
      'many_groups',
      `The account is in more than ${MOST_GROUPS} groups: leave some first, by DELETE /api/v1/groups/{id}/members/current.`,
    );
  }
  const outcome = await ctx.table.transact([
    ...userEndWrites(user, [...memberships.keys()], ctx.clock.now()),
    ...owned.map(ownersChange),
  ]);
  forgetName(ctx, user);
  if (!outcome.ok) throw changedMeanwhile();
}

/**
 * Ends the account of somebody else, for administrators; service accounts are their group's affair. Throws
 * `not_found`, `forbidden`, `conflict` (`last_owner`).
 */
export async function removeUser(ctx: Context, userId: number): Promise<void> {
  const { userId: own } = requireAdministrator(ctx);
  if (userId === own) {
    throw forbidden(
      'Your own account ends by DELETE /api/v1/users/current, which asks for the password.',
    );
  }
  const loaded = await readUserNow(ctx, userId);
  if (loaded === undefined || loaded.user.service !== undefined) {
    throw notFound('user', { user_id: userId });
  }
  await endAccount(ctx, loaded);
}
