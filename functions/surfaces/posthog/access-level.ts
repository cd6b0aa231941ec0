import type { Context } from '#kernel/context.ts';

/** What the caller may do to the things of a project, in the words of the original. */
export function accessLevelOf({ actor }: Context, groupId: number): 'editor' | 'viewer' {
  const flags = 'memberships' in actor ? actor.memberships.get(groupId)?.flags : undefined;
  return flags?.write === true ? 'editor' : 'viewer';
}
