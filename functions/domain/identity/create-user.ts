import { type Context, type GroupFlags, requireSystem } from '#kernel/context.ts';
import { takeNumbers } from '#kernel/counters.ts';
import { conflict, unavailable } from '#kernel/errors.ts';
import type { TransactOutcome, Write } from '#kernel/table.ts';
import { membershipWrites, newUserWrites } from './account.items.ts';
import type { UserRow } from './identity.items.ts';
import { badInvitation } from './new-invitation.ts';
import { hashPassword } from './password.ts';
import { type NewUser, PASSWORD_LIFE_MS } from './schemas.ts';

/** A group that somebody comes into, and as what. */
export interface Join {
  readonly id: number;
  readonly name: string;
  readonly flags: GroupFlags;
}

/**
 * Makes an account and its memberships, all or nothing. Whoever calls it has decided that the
 * account may be made. Throws `conflict` (`entity_exists`, with the field) when the name or
 * address is taken.
 */
export async function createUser(
  ctx: Context,
  input: NewUser & {
    readonly joins?: readonly Join[];
    /** Uses an invitation up with the account; throws `invitation_invalid` when it is gone. */
    readonly use?: readonly Write[] | undefined;
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
    revision: 1,
  };
  const made = newUserWrites(user);
  const outcome = await ctx.table.transact([
    ...made,
    ...(input.use ?? []),
    ...(input.joins ?? []).flatMap((join) => membershipWrites(user, join, join.flags)),
  ]);
  if (outcome.ok) return user;
  const uses = outcome.refusals.slice(made.length, made.length + (input.use?.length ?? 0));
  if (uses.some((refusal) => refusal !== undefined)) throw badInvitation();
  const [username, email] = outcome.refusals;
  throw (
    takenError({ ...input, refusals: { username, email } }) ??
    unavailable('The account could not be made; try again.')
  );
}

type Refusal = Extract<TransactOutcome, { ok: false }>['refusals'][number];

/** Which of the two was taken; undefined when it was something else that failed. */
export function takenError(input: {
  readonly username: string;
  readonly email: string;
  readonly refusals: { readonly username: Refusal; readonly email: Refusal };
}): Error | undefined {
  const taken = [
    { field: 'username', value: input.username, refusal: input.refusals.username },
    { field: 'email_address', value: input.email, refusal: input.refusals.email },
  ].find(({ refusal }) => refusal !== undefined);
  if (taken === undefined) return undefined;
  return conflict('entity_exists', `The ${taken.field.replace('_', ' ')} is taken.`, {
    entity: 'user',
    existing_id: taken.refusal?.item?.id,
    entity_attributes: { [taken.field]: taken.value },
  });
}
