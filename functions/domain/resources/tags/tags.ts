import { type Context, readableGroups, requirePermission, type Target } from '#kernel/context.ts';
import { takeNumbers } from '#kernel/counters.ts';
import { conflict, notFound } from '#kernel/errors.ts';
import { matches } from '#kernel/search/matches.ts';
import { parseSearch } from '#kernel/search/parse.ts';
import type { TransactOutcome } from '#kernel/table.ts';
import { dropList, type ListRow, maybeFold, readListPage } from '../list/index.ts';
import { requireMatch } from '../match.ts';
import type { ListRequest, ResourcePage } from '../page.ts';
import { sortColumn } from '../sort-column.ts';
import { actorId, MAX_TRIES } from '../verbs.ts';
import {
  readTag,
  TAG_SORTABLE,
  type Tag,
  taggedWith,
  tagKey,
  tagRemoval,
  tagsOf,
  tagWrites,
  versionOfTag,
} from './tag.items.ts';
import { forgetTag, rememberTag } from './tag-names.ts';

const missingTag = (id: number) => notFound('tag', { tag_id: id });

const refusedName = ({ groupId, name }: Tag, existing: unknown) =>
  conflict('entity_exists', 'The name is taken by another tag.', {
    entity: 'tag',
    existing_id: existing,
    entity_attributes: { name, group_id: groupId },
  });

function requireNameFree(tag: Tag, outcome: Extract<TransactOutcome, { ok: false }>): void {
  const [refusal] = outcome.refusals;
  if (refusal?.item !== undefined && refusal.item.sk === 'NAME') {
    throw refusedName(tag, refusal.item.id);
  }
}

/** Makes a tag in a group. Throws `not_found` (the group), `forbidden`, `conflict` (the name). */
export async function createTag(
  ctx: Context,
  { groupId, name }: { readonly groupId: number; readonly name: string },
): Promise<Tag> {
  const lookup = { group_id: groupId };
  requirePermission(ctx, 'write', { groupId, entity: 'group', lookup });
  const { tag: id } = await takeNumbers(ctx.table, { tag: 1 });
  const now = ctx.clock.now();
  const userId = actorId(ctx);
  const tag: Tag = { id, groupId, name, userId, createdOn: now, modifiedOn: now, revision: 1 };
  const outcome = await ctx.table.transact(tagWrites(undefined, tag));
  if (!outcome.ok) {
    requireNameFree(tag, outcome);
    throw conflict('write_conflict', 'The tag could not be made; try again.');
  }
  ctx.defer(maybeFold(ctx, tagsOf(groupId), tag.id));
  return tag;
}

const target = ({ id, groupId }: Tag): Target => ({
  groupId,
  entity: 'tag',
  lookup: { tag_id: id },
});

/** One tag of a group that the actor may read. */
export async function getTag(ctx: Context, id: number): Promise<Tag> {
  const item = await ctx.table.get(tagKey(id));
  if (item === undefined) throw missingTag(id);
  const tag = readTag(item);
  requirePermission(ctx, 'read', target(tag));
  return tag;
}

const busy = () => conflict('write_conflict', 'The tag is being changed by others; try again.');

/** Names a tag anew, on everything that it is on. Throws `not_found`, `forbidden`, `conflict`. */
export async function renameTag(ctx: Context, id: number, name: string): Promise<Tag> {
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    const before = await getTag(ctx, id);
    requirePermission(ctx, 'write', target(before));
    requireMatch(ctx, versionOfTag(before));
    const after = { ...before, name, modifiedOn: ctx.clock.now(), revision: before.revision + 1 };
    const outcome = await ctx.table.transact(tagWrites(before, after));
    if (outcome.ok) {
      rememberTag(ctx, after);
      ctx.defer(maybeFold(ctx, tagsOf(after.groupId), after.id));
      return after;
    }
    // When the row is another by now, the name may be this tag's own.
    const [, changed] = outcome.refusals;
    if (before.name !== name && changed === undefined) requireNameFree(after, outcome);
  }
  throw busy();
}

/** Deletes a tag; it is gone from everything that it was on. */
export async function deleteTag(ctx: Context, id: number): Promise<void> {
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    const tag = await getTag(ctx, id);
    requirePermission(ctx, 'write', target(tag));
    requireMatch(ctx, versionOfTag(tag));
    const outcome = await ctx.table.transact(tagRemoval(tag));
    if (outcome.ok) {
      forgetTag(ctx, id);
      ctx.defer(maybeFold(ctx, tagsOf(tag.groupId), tag.id));
      ctx.defer(dropList(ctx, taggedWith(id)));
      return;
    }
  }
  throw busy();
}

async function readTags(ctx: Context, rows: readonly ListRow[]): Promise<readonly Tag[]> {
  const items = await ctx.table.batchGet(rows.map(({ id }) => tagKey(id)));
  return items.flatMap((item) => (item === undefined ? [] : [readTag(item)]));
}

/** A page of the tags that the actor may see. Throws `unprocessable` (search), `invalid` (sort). */
export async function listTags(ctx: Context, request: ListRequest): Promise<ResourcePage<Tag>> {
  const { groupId, search = '', descending = false } = request;
  if (groupId !== undefined) {
    requirePermission(ctx, 'read', { groupId, entity: 'group', lookup: { group_id: groupId } });
  }
  const field = sortColumn('tag', TAG_SORTABLE, request.sortBy);
  const { terms } = parseSearch(search, { fields: ['name'] });
  const groups = groupId === undefined ? readableGroups(ctx) : [groupId];
  const page = await readListPage(ctx, groups.map(tagsOf), {
    offset: request.index,
    limit: request.pageLength,
    ...(terms.length === 0
      ? {}
      : {
          filter: {
            key: search,
            matches: ({ name }) => matches(terms, { name: String(name) }),
          },
        }),
    ...(field === undefined ? {} : { sort: { field, descending } }),
  });
  return { rows: await readTags(ctx, page.rows), total: page.total };
}

/** A resource that a tag is on. */
export interface TaggedResource {
  readonly id: number;
  readonly type: string;
}

/** A page of the resources that a tag is on, of one type where it is named. */
export async function listTagged(
  ctx: Context,
  id: number,
  request: { readonly index: number; readonly pageLength: number; readonly type?: string },
): Promise<ResourcePage<TaggedResource>> {
  await getTag(ctx, id);
  const { index, pageLength, type } = request;
  const page = await readListPage(ctx, [taggedWith(id)], {
    offset: index,
    limit: pageLength,
    ...(type === undefined
      ? {}
      : { filter: { key: type, matches: (summary) => summary.type === type } }),
  });
  const rows = page.rows.map((row) => ({ id: row.id, type: String(row.summary.type) }));
  return { rows, total: page.total };
}
