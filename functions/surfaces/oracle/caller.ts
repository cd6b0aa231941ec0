import { findOwnGroup } from '#domain/identity/index.ts';
import type { Dialect } from '#http/dialect.ts';
import { type Actor, withinGroup } from '#kernel/context.ts';
import { forbidden, notFound } from '#kernel/errors.ts';
import { USER_PRINCIPAL } from './prefix.ts';

/** OCIDs are dots, dashes and words; whatever else could be one in the future is of this form. */
const PLATFORM_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/;

/** Whether this is how a caller may be called: by name or by id. */
function isCalled(actor: Actor, principal: string): boolean {
  if (actor.kind !== 'user' && actor.kind !== 'job') return false;
  return principal === actor.username || principal === String(actor.userId);
}

/** The call within the workspace that its address names. Throws `not_found`, `forbidden`. */
export const inWorkspace: NonNullable<Dialect['narrow']> = (ctx, { headers }, params) => {
  const principal = headers.get(USER_PRINCIPAL);
  if (principal !== null && !isCalled(ctx.actor, principal)) {
    throw forbidden(`${USER_PRINCIPAL} names another user than the one who is signed in.`);
  }
  const { aiDataPlatformId, workspaceKey } = params;
  if (!PLATFORM_ID.test(String(aiDataPlatformId))) throw notFound('ai_data_platform', {});
  return withinGroup(ctx, findOwnGroup(ctx, String(workspaceKey)));
};

/** What the caller says of itself, which was checked. */
export const statedBy = (request: Request): { readonly [header: string]: string } | undefined => {
  const principal = request.headers.get(USER_PRINCIPAL);
  return principal === null ? undefined : { [USER_PRINCIPAL]: principal };
};
