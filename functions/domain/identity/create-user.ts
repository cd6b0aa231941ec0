import type { Context, GroupFlags } from '#kernel/context.ts';
import { requireSystem } from '#kernel/context.ts';
import { takeNumbers } from '#kernel/counters.ts';
import { conflict, unavailable } from '#kernel/errors.ts';
import { itemMissing, put, type Write } from '#kernel/table.ts';
import { identityKeys, membershipWrites, type UserRow, userItem } from './identity.items.ts';
import { badInvitation } from './invitations.ts';
import { hashPassword } from './password.ts';
import { type NewUser, PASSWORD_LIFE_MS } from './schemas.ts';

/**
 * Makes an account and, when a group is named, its membership, all or nothing. Whoever calls
 * it has decided that the account may be made. Throws `conflict` (`user_exists`, with the
 * field) when the name or address is taken.
 */
export async function createUser(
  ctx: Context,
  input: NewUser & {
    readonly join?: { id: number; name: string; flags: GroupFlags };
    /** Uses an invitation up with the account; throws `invitation_invalid` when it is gone. */
    readonly use?: Write | undefined;
  },
): Promise<UserRow> {
  requireSystem(ctx);
  const passwordHash = await hashPassword(input.password, { logN: ctx.settings.passwordLogN });
  const { user: id } = await takeNumbers(ctx.table, { user: 1 });
  ctx.trail?.touches({ entity: 'user', lookup: { user_id: id } });
  const now = ctx.clock.now();
  const user: UserRow = {
    id,
    username: input.username,
    email: input.email,
    createdOn: now,
    modifiedOn: now,
    lastLoginOn: undefined,
    passwordExpiresOn: now + PASSWORD_LIFE_MS,
    passwordHash,
    credentialVersion: 1,
  };
  const outcome = await ctx.table.transact([
    put({ ...identityKeys.username(user.username), id }, itemMissing),
    put({ ...identityKeys.email(user.email), id }, itemMissing),
    put(userItem(user), itemMissing),
    ...(input.use === undefined ? [] : [input.use]),
    ...(input.join === undefined ? [] : membershipWrites(user, input.join, input.join.flags)),
  ]);
  if (outcome.ok) return user;
  if (input.use !== undefined && outcome.refusals[3] !== undefined) throw badInvitation();
  throw takenError(outcome.refusals, input);
}

function takenError(
  refusals: readonly (undefined | { readonly item?: { readonly [name: string]: unknown } })[],
  input: NewUser,
): Error {
  const taken = [
    { field: 'username', value: input.username, refusal: refusals[0] },
    { field: 'email_address', value: input.email, refusal: refusals[1] },
  ].find(({ refusal }) => refusal !== undefined);
  if (taken === undefined) return unavailable('The account could not be made; try again.');
  return conflict('entity_exists', `The ${taken.field.replace('_', ' ')} is taken.`, {
    entity: 'user',
    existing_id: taken.refusal?.item?.id,
    entity_attributes: { [taken.field]: taken.value },
  });
}
