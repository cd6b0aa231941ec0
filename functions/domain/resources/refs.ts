import { type Context, readableGroups } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';
import { readCurrent, resourceKeys, shownKey } from './resource.items.ts';
import type { Kind, Resource, ResourceType } from './resource.ts';
import { nameTaken } from './writes.ts';

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
  const resources = await Promise.all(
    items.flatMap((item) =>
      item !== undefined && (ctx.actor.kind === 'system' || readable.has(item.groupId as number))
        ? [readCurrent<{ name: string }>(ctx, item)]
        : [],
    ),
  );
  return new Map(resources.map((resource) => [resource.id, resource]));
}

/** Throws `not_found`, with the ids that were not found, unless each is of the type and group and lives. */
export async function requireLive(
  ctx: Context,
  type: ResourceType,
  groupId: number,
  ids: readonly number[],
): Promise<void> {
  const wanted = [...new Set(ids)];
  const found = await readRefs(ctx, wanted);
  const lost = wanted.filter((id) => {
    const resource = found.get(id);
    const fits = resource?.type === type && resource.groupId === groupId;
    return !fits || resource.deletedOn !== undefined;
  });
  if (lost.length === 0) return;
  throw notFound(type, {
    ids_not_found: lost,
    num_expected: wanted.length,
    num_found: wanted.length - lost.length,
  });
}

/** What is shown of a reference may be so old. */
const SHOWN_SECONDS = 5;

/** Keeps what a verb has just read for {@link shownRefs}. */
export function rememberRefs(ctx: Pick<Context, 'cache'>, resources: readonly Referred[]): void {
  for (const { data, ...resource } of resources) {
    ctx.cache.set(shownKey(resource.id), { ...resource, data: { name: data.name } }, SHOWN_SECONDS);
  }
}

/** As {@link readRefs}, at most 5 seconds old: for names and marks in answers, never for rules. */
export async function shownRefs(
  ctx: Context,
  ids: readonly number[],
): Promise<ReadonlyMap<number, Referred>> {
  const readable = new Set(readableGroups(ctx));
  const known = new Map<number, Referred>();
  for (const id of ids) {
    const cached = ctx.cache.get<Referred>(shownKey(id));
    if (cached !== undefined && readable.has(cached.groupId)) known.set(id, cached);
  }
  const read = await readRefs(
    ctx,
    ids.filter((id) => !known.has(id)),
  );
  rememberRefs(ctx, [...read.values()]);
  return new Map([...known, ...read]);
}

/** The id of the resource that has the name of this one; undefined where the name is free. */
export async function holderOfName<D>(
  ctx: Context,
  kind: Kind<D>,
  resource: Pick<Resource<D>, 'groupId' | 'data'>,
): Promise<number | undefined> {
  const name = kind.uniqueName?.(resource);
  if (name === undefined) return undefined;
  const holder = await ctx.table.get(resourceKeys.name(kind.type, name.scope, name.name));
  return holder === undefined || holder.deleted === true ? undefined : (holder.id as number);
}

/** Throws `conflict` when the resource's name is another's; the save itself checks again. */
export async function requireNameUnused<D>(
  ctx: Context,
  kind: Kind<D>,
  resource: Pick<Resource<D>, 'groupId' | 'data'> & { readonly id?: number },
): Promise<void> {
  const name = kind.uniqueName?.(resource);
  if (name === undefined) return;
  const holder = await ctx.table.get(resourceKeys.name(kind.type, name.scope, name.name));
  if (holder === undefined || holder.deleted === true || holder.id === resource.id) return;
  throw nameTaken(kind, resource, holder);
}
