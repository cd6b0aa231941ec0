import {
  createUser,
  getGroup,
  MEMBER_FLAGS,
  type NewUser,
  newGroupWrites,
  OWNER_FLAGS,
  PUBLIC_GROUP,
  type User,
} from '#domain/identity/index.ts';
import { builtinTypeWrites } from '#domain/plugins/index.ts';
import { asSystem, type Context } from '#kernel/context.ts';
import { takeNumbers } from '#kernel/counters.ts';
import { forbidden } from '#kernel/errors.ts';

/**
 * Makes an account that is in the group `public`: for anybody where registration is open,
 * else only for the system (first administrator). The first account makes that group and
 * owns it. Throws `forbidden` (`registration_closed`), `conflict` (name or address taken).
 */
export async function registerUser(ctx: Context, input: NewUser): Promise<User> {
  if (ctx.settings.registration !== 'open' && ctx.actor.kind !== 'system') {
    throw forbidden('Registration is closed; ask an administrator.', 'registration_closed');
  }
  const system = asSystem(ctx);
  const user = await createUser(system, {
    ...input,
    join: { ...PUBLIC_GROUP, flags: MEMBER_FLAGS },
  });
  if (!(await publicGroupExists(system))) await createPublicGroup(system, user);
  return user;
}

const publicGroupExists = (system: Context): Promise<boolean> =>
  getGroup(system, PUBLIC_GROUP.id).then(
    () => true,
    () => false,
  );

/** Whoever comes first makes and owns it; of two at the same moment one finds it made. */
async function createPublicGroup(system: Context, user: User): Promise<void> {
  await takeNumbers(system.table, { group: 1 });
  await system.table.transact([
    ...newGroupWrites(PUBLIC_GROUP, user, OWNER_FLAGS, system.clock.now()),
    ...(await builtinTypeWrites(system, PUBLIC_GROUP.id)),
  ]);
}
