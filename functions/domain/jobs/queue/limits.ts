import { getGroup, requireAdministrator } from '#domain/identity/index.ts';
import { asSystem, type Context, requirePermission } from '#kernel/context.ts';
import { key, prefix } from '#kernel/keys.ts';
import { update } from '#kernel/table.ts';

/** How many jobs a group may have at work at a time, for the groups of which somebody has said so. */
const limitsKey = key(`${prefix.system}#JOB_LIMITS`, 'LIMITS');
const CACHE_KEY = 'job-limits';
/** So old what a process knows of them may be. */
const KNOWN_SECONDS = 5;
/** More would make taking a place dear: whoever takes one reads all. */
export const MAX_LIMIT = 1_000;

const attribute = (groupId: number): string => `g${groupId}`;

async function allLimits(ctx: Context) {
  const known = ctx.cache.get<ReadonlyMap<string, number>>(CACHE_KEY);
  if (known !== undefined) return known;
  const item = (await ctx.table.get(limitsKey)) ?? {};
  const limits = new Map(
    Object.entries(item).flatMap(([name, value]) =>
      typeof value === 'number' ? [[name, value] as const] : [],
    ),
  );
  ctx.cache.set(CACHE_KEY, limits, KNOWN_SECONDS);
  return limits;
}

/** Most running jobs of a group; `undefined` where nothing limits it. */
export const limitOf = async (ctx: Context, groupId: number): Promise<number | undefined> =>
  (await allLimits(ctx)).get(attribute(groupId));

/** The same for whoever may see the group. Throws `not_found`. */
export async function getJobLimit(ctx: Context, groupId: number): Promise<number | undefined> {
  requirePermission(ctx, 'read', { groupId, entity: 'group', lookup: { group_id: groupId } });
  return limitOf(ctx, groupId);
}

/**
 * Says how many jobs a group may have at work at a time; `null` takes the limit away. What runs goes
 * on. For administrators of the deployment: groups share its workers. Throws `not_found`, `forbidden`.
 */
export async function setJobLimit(
  ctx: Context,
  input: { readonly groupId: number; readonly running: number | null },
): Promise<void> {
  const { groupId, running } = input;
  requireAdministrator(ctx);
  // They need not be in it.
  await getGroup(asSystem(ctx), groupId);
  const name = attribute(groupId);
  await ctx.table.write(
    update(limitsKey, running === null ? { remove: [name] } : { set: { [name]: running } }),
  );
  ctx.cache.delete(CACHE_KEY);
}
