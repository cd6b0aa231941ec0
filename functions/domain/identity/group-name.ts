import type { Context } from '#kernel/context.ts';

/** Name of a group that the actor is in. */
export function groupNameOf(ctx: Context, groupId: number): string {
  const memberships = 'memberships' in ctx.actor ? ctx.actor.memberships : undefined;
  return memberships?.get(groupId)?.groupName ?? `group-${groupId}`;
}
