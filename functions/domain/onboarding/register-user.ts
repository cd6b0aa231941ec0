import {
  type Admission,
  createUser,
  getGroup,
  isAdministrator,
  isOperated,
  type Join,
  MEMBER_FLAGS,
  type NewUser,
  newGroupWrites,
  OWNER_FLAGS,
  PUBLIC_GROUP,
  readAdmission,
  type User,
} from '#domain/identity/index.ts';
import { builtinTypeWrites } from '#domain/plugins/index.ts';
import { asSystem, type Context, type GroupFlags } from '#kernel/context.ts';
import { takeNumbers } from '#kernel/counters.ts';
import { forbidden } from '#kernel/errors.ts';

/**
 * Makes an account that is in the group `public`: for anybody where registration is open, for
 * whoever is invited, and by administrators and the system in every mode. Throws `forbidden`
 * (`registration_closed`, `invitation_invalid`), `conflict` (name or address taken).
 */
export async function registerUser(
  ctx: Context,
  input: NewUser & { readonly invitation?: string | undefined },
): Promise<User> {
  const admission = await requireAdmission(ctx, input.invitation);
  const system = asSystem(ctx);
  const { username, email, password } = input;
  const joins = joinsOf(admission);
  const user = await createUser(system, {
    username,
    email,
    password,
    use: admission?.use,
    joins,
  });
  if (!(await publicGroupExists(system))) {
    const comesFirst = ctx.actor.kind === 'system' || !(await isOperated(system));
    const { flags } = joins[0];
    await createPublicGroup(system, user, comesFirst ? OWNER_FLAGS : flags);
  }
  return user;
}

/** Everybody comes into `public`; whoever is invited to another group, into that, too. */
function joinsOf(admission: Admission | undefined): readonly [Join, ...Join[]] {
  const join = admission?.join;
  if (join?.id === PUBLIC_GROUP.id) return [join];
  const asMember = { ...PUBLIC_GROUP, flags: MEMBER_FLAGS };
  return join === undefined ? [asMember] : [asMember, join];
}

/** Asks for the invitation before anything of the account, so that names cannot be tried without one. */
async function requireAdmission(
  ctx: Context,
  invitation: string | undefined,
): Promise<Admission | undefined> {
  const { registration } = ctx.settings;
  const admission = invitation === undefined ? undefined : await readAdmission(ctx, invitation);
  if (ctx.actor.kind === 'system' || isAdministrator(ctx.actor)) return admission;
  if (registration === 'open' || admission?.kind === 'administrator') return admission;
  if (registration === 'closed') {
    throw forbidden(
      'Registration is closed; ask an administrator to make the account.',
      'registration_closed',
    );
  }
  if (admission?.newUsers === true) return admission;
  throw forbidden(
    'Registration is by invitation: ask an administrator for one, and send it as "invitation".',
    'registration_closed',
  );
}

const publicGroupExists = (system: Context): Promise<boolean> =>
  getGroup(system, PUBLIC_GROUP.id).then(
    () => true,
    () => false,
  );

/** The first account makes it, and owns it unless an operator says who does; of two one finds it made. */
async function createPublicGroup(system: Context, user: User, flags: GroupFlags): Promise<void> {
  await takeNumbers(system.table, { group: 1 });
  await system.table.transact([
    ...newGroupWrites(PUBLIC_GROUP, user, flags, system.clock.now()),
    ...(await builtinTypeWrites(system, PUBLIC_GROUP.id)),
  ]);
}
