import { type Context, readableGroups } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';

/** Name of a group that the actor is in. */
export function groupNameOf(ctx: Context, groupId: number): string {
  const memberships = 'memberships' in ctx.actor ? ctx.actor.memberships : undefined;
  return memberships?.get(groupId)?.groupName ?? `group-${groupId}`;
}

/**
 * The caller's group that a text names: by its id, else by its name, so that nobody takes a group's
 * place by choosing a name. Throws `not_found`, of what the dialect calls them, for groups that the caller may
 * not read, too.
 */
export function findOwnGroup(ctx: Context, text: string, entity = 'workspace'): number {
  const own = readableGroups(ctx);
  const found =
    own.find((id) => String(id) === text) ?? own.find((id) => groupNameOf(ctx, id) === text);
  if (found === undefined) throw notFound(entity, { name: text });
  return found;
}
