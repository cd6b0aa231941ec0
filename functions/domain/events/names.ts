import { type Context, requirePermission, requireSystem } from '#kernel/context.ts';
import { eventKeys } from './event.items.ts';

/** Names that a group may have; a client that makes them up as it goes must not fill the table. */
const MAX_NAMES = 10_000;
/** What a process knows of a group's names. */
const KNOWN_SECONDS = 3_600;
const SEEN_SECONDS = 10;
const BYTES_EACH = 100;

async function readNames(ctx: Pick<Context, 'table'>, groupId: number): Promise<Set<string>> {
  const names = new Set<string>();
  const query = { pk: eventKeys.names(groupId), eventual: true };
  let page = await ctx.table.query(query);
  for (const { sk } of page.items) names.add(sk);
  while (page.next !== undefined) {
    page = await ctx.table.query({ ...query, after: page.next });
    for (const { sk } of page.items) names.add(sk);
  }
  return names;
}

async function known(ctx: Context, groupId: number): Promise<Set<string>> {
  const at = `events:known:${groupId}`;
  const kept = ctx.cache.get<Set<string>>(at);
  if (kept !== undefined) return kept;
  const names = await readNames(ctx, groupId);
  ctx.cache.set(at, names, KNOWN_SECONDS, names.size * BYTES_EACH);
  return names;
}

/** Writes down the names that are new. A repeated one is written as it was. */
export async function noteNames(
  ctx: Context,
  groupId: number,
  names: ReadonlySet<string>,
): Promise<void> {
  requireSystem(ctx);
  const before = await known(ctx, groupId);
  const fresh = [...names].filter((name) => !before.has(name));
  const noted = fresh.slice(0, Math.max(0, MAX_NAMES - before.size));
  if (noted.length === 0) return;
  await ctx.table.bulk(
    noted.map((name) => ({
      kind: 'put',
      item: { ...eventKeys.name(groupId, name), type: 'event_name' },
    })),
  );
  for (const name of noted) before.add(name);
}

/** Names of events that the group has had, in their order; those of the last seconds may be missing. */
export async function eventNames(ctx: Context, groupId: number): Promise<readonly string[]> {
  requirePermission(ctx, 'read', {
    groupId,
    entity: 'project',
    lookup: { project_id: groupId },
  });
  const at = `events:names:${groupId}`;
  const kept = ctx.cache.get<readonly string[]>(at);
  if (kept !== undefined) return kept;
  const names = [...(await readNames(ctx, groupId))];
  ctx.cache.set(at, names, SEEN_SECONDS, names.length * BYTES_EACH);
  return names;
}
