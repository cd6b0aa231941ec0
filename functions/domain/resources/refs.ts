import { type Context, readableGroups } from '#kernel/context.ts';
import { readCurrent, resourceKeys } from './resource.items.ts';
import type { Resource } from './resource.ts';

/** What a reference shows of a resource. */
export type Referred = Resource<{ readonly name: string }>;

/**
 * Resources by id, for references to them; deleted ones are among them. Those that are missing
 * or of groups that the actor may not read are left out.
 */
export async function readRefs(
  ctx: Context,
  ids: readonly number[],
): Promise<ReadonlyMap<number, Referred>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const readable = new Set(readableGroups(ctx));
  const items = await ctx.table.batchGet(wanted.map(resourceKeys.current));
  const seen = items.filter(
    (item) =>
      item !== undefined && (ctx.actor.kind === 'system' || readable.has(item.groupId as number)),
  );
  const resources = await Promise.all(
    seen.flatMap((item) => (item === undefined ? [] : [readCurrent<{ name: string }>(ctx, item)])),
  );
  return new Map(resources.map((resource) => [resource.id, resource]));
}
