import type { Actor } from '#kernel/context.ts';
import { AppError, forbidden } from '#kernel/errors.ts';
import type { Access } from './route.ts';

/** Throws `unauthenticated` or `forbidden` unless a route is for this kind of actor and its scopes. */
export function requireAccess(actor: Actor, access: Access): void {
  if (access.kind === 'public') return;
  if (actor.kind === 'anonymous') {
    throw new AppError('unauthenticated', 'This call needs a signed-in user.');
  }
  if (access.kind === 'worker') {
    if (actor.kind !== 'worker') throw forbidden('Only workers may call this.');
    return;
  }
  if (actor.kind === 'job' && access.kind === 'scoped' && access.jobs === true) return;
  if (actor.kind !== 'user') throw forbidden('This credential may not call this.');
  if (actor.scopes === undefined || actor.scopes.includes('*')) return;
  if (access.kind === 'login') throw forbidden('A token with scopes may not call this.');
  const granted =
    actor.scopes.includes(`${access.object}:${access.action}`) ||
    (access.action === 'read' && actor.scopes.includes(`${access.object}:write`));
  if (!granted) {
    const scope = `${access.object}:${access.action}`;
    throw new AppError('forbidden', `The token needs the scope "${scope}".`, {
      reason: 'scope',
      detail: { scope },
    });
  }
}
