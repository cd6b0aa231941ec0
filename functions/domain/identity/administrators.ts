import { type Actor, type Context, requireUser } from '#kernel/context.ts';
import { forbidden } from '#kernel/errors.ts';
import { PUBLIC_GROUP } from './schemas.ts';

/** Whether somebody administers the deployment: has the flag `admin` in the group `public`. */
export const isAdministrator = (actor: Actor): boolean =>
  actor.kind === 'user' &&
  (actor.scopes === undefined || actor.scopes.includes('*')) &&
  actor.memberships.get(PUBLIC_GROUP.id)?.flags.admin === true;

/** For what concerns the whole deployment and no group. */
export function requireAdministrator(ctx: Context): Extract<Actor, { kind: 'user' }> {
  const user = requireUser(ctx);
  if (isAdministrator(user)) return user;
  throw forbidden(
    `Only administrators may do this: users with the flag "admin" in the group "${PUBLIC_GROUP.name}".`,
    'administrator',
  );
}
