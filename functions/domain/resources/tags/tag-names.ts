import type { Context } from '#kernel/context.ts';
import type { SearchTerm } from '#kernel/search/parse.ts';
import { type ListStore, readWholeLists } from '../list/index.ts';
import { readTag, type Tag, tagKey, tagsOf } from './tag.items.ts';

/** Names of tags by their ids. */
export type TagNames = ReadonlyMap<number, string>;

/** All tags of these groups by their ids, and what differs whenever they may differ. */
async function readTagNames(
  store: ListStore,
  groups: readonly number[],
): Promise<{ readonly stamp: string; readonly names: TagNames }> {
  const { stamp, rows } = await readWholeLists(store, groups.map(tagsOf));
  return { stamp, names: new Map(rows.map(({ id, summary }) => [id, String(summary.name)])) };
}

/** Names of tags where a search looks at them. */
export const tagNamesFor = async (
  store: ListStore,
  terms: readonly SearchTerm[],
  groups: readonly number[],
): Promise<{ readonly stamp: string; readonly names: TagNames }> =>
  terms.some(({ fields }) => fields.includes('tag'))
    ? readTagNames(store, groups)
    : { stamp: '', names: new Map() };

/** What is shown of a tag may be so old. */
const SHOWN_SECONDS = 5;
const shownKey = (id: number): string => `tag:${id}`;

type Store = Pick<Context, 'table' | 'cache'>;

export const rememberTag = ({ cache }: Pick<Context, 'cache'>, tag: Tag): void =>
  cache.set(shownKey(tag.id), tag, SHOWN_SECONDS);
export const forgetTag = ({ cache }: Pick<Context, 'cache'>, id: number): void =>
  cache.delete(shownKey(id));

/**
 * Tags by their ids, at most 5 seconds old; those that are gone are left out. It asks for no
 * permission: the caller holds a resource that they are on.
 */
export async function shownTags(
  store: Store,
  ids: readonly number[],
): Promise<ReadonlyMap<number, Tag>> {
  const known = new Map<number, Tag>();
  const wanted: number[] = [];
  for (const id of new Set(ids)) {
    const tag = store.cache.get<Tag>(shownKey(id));
    if (tag === undefined) wanted.push(id);
    else known.set(id, tag);
  }
  if (wanted.length === 0) return known;
  for (const item of await store.table.batchGet(wanted.map(tagKey))) {
    if (item === undefined) continue;
    const tag = readTag(item);
    rememberTag(store, tag);
    known.set(tag.id, tag);
  }
  return known;
}
