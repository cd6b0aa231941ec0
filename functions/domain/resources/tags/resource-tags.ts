import type { Context } from '#kernel/context.ts';
import { invalid, notFound } from '#kernel/errors.ts';
import type { Write } from '#kernel/table.ts';
import { listWrite, maybeFold } from '../list/index.ts';
import type { Kind, Resource } from '../resource.ts';
import { changeResource, getResource } from '../verbs.ts';
import { readTag, type Tag, taggedWith, tagIds, tagKey } from './tag.items.ts';

/** So many tags fit into the transaction that changes them all at once. */
export const MAX_TAGS = 40;

/** Tags of the group by their ids, in that order. Throws `not_found`. */
async function requireTags(ctx: Context, groupId: number, ids: readonly number[]): Promise<void> {
  const items = await ctx.table.batchGet(ids.map(tagKey));
  for (const [index, item] of items.entries()) {
    if (item === undefined || readTag(item).groupId !== groupId) {
      throw notFound('tag', { tag_id: ids[index] });
    }
  }
}

/** Ids whose tags still exist: those of deleted tags stay on resources, and mean nothing. */
async function living(ctx: Context, ids: readonly number[]): Promise<readonly number[]> {
  const items = await ctx.table.batchGet(ids.map(tagKey));
  return ids.filter((_, index) => items[index] !== undefined);
}

/** What the list of a tag hears of a resource. */
const taggedWrite = <D>(before: Resource<D>, tag: number, isOn: boolean): Write =>
  listWrite(taggedWith(tag), {
    id: before.id,
    version: before.revision + 1,
    position: isOn ? before.id : null,
    was: isOn ? null : before.id,
    summary: { type: before.type },
  });

/** Gone is what cannot be seen, and what is deleted. */
function requireTaggable<D>(kind: Kind<D>, resource: Resource<D>): void {
  if (resource.deletedOn !== undefined) throw notFound(kind.type, { resource_id: resource.id });
}

/** The tags on a resource. Throws `not_found`. */
export async function tagsOn<D>(ctx: Context, kind: Kind<D>, id: number): Promise<readonly Tag[]> {
  const resource = await getResource(ctx, kind, id);
  requireTaggable(kind, resource);
  const items = await ctx.table.batchGet(tagIds(resource).map(tagKey));
  return items.flatMap((item) => (item === undefined ? [] : [readTag(item)]));
}

/**
 * Changes which tags are on a resource; makes no snapshot. `change` sees those that are on it.
 * Throws `not_found` (the resource, a tag), `forbidden`, `invalid` (too many tags).
 */
export async function changeTags<D>(
  ctx: Context,
  kind: Kind<D>,
  id: number,
  change: (now: readonly number[]) => readonly number[],
): Promise<readonly Tag[]> {
  const touched = new Set<number>();
  const after = await changeResource(ctx, kind, id, async (before) => {
    requireTaggable(kind, before);
    const now = await living(ctx, tagIds(before));
    const tags = [...new Set(change(now))];
    if (tags.length > MAX_TAGS) {
      throw invalid('too_many_tags', `ids: a resource has at most ${MAX_TAGS} tags.`);
    }
    const added = tags.filter((tag) => !now.includes(tag));
    const removed = now.filter((tag) => !tags.includes(tag));
    await requireTags(ctx, before.groupId, added);
    if (added.length + removed.length === 0) return undefined;
    for (const tag of [...added, ...removed]) touched.add(tag);
    return {
      links: { ...before.links, tags },
      more: [
        ...added.map((tag) => taggedWrite(before, tag, true)),
        ...removed.map((tag) => taggedWrite(before, tag, false)),
      ],
    };
  });
  for (const tag of touched) ctx.defer(maybeFold(ctx, taggedWith(tag), after.id));
  const items = await ctx.table.batchGet(tagIds(after).map(tagKey));
  return items.flatMap((item) => (item === undefined ? [] : [readTag(item)]));
}
