import { etagOf } from '#kernel/etag.ts';
import { key, prefix } from '#kernel/keys.ts';
import {
  type Attribute,
  compare,
  type Item,
  itemMissing,
  type Key,
  put,
  remove,
  type Write,
} from '#kernel/table.ts';
import { listWrite } from '../list/index.ts';
import { resourceKeys } from '../resource.items.ts';
import type { Resource } from '../resource.ts';

/** A word that people put on resources of their group, to find them by. */
export interface Tag {
  readonly id: number;
  readonly groupId: number;
  readonly name: string;
  /** Who made it. */
  readonly userId: number;
  readonly createdOn: number;
  readonly modifiedOn: number;
  /** Rises with every write. */
  readonly revision: number;
}

/** The tags on a resource; those of deleted tags are among them. */
export const tagIds = ({ links }: Pick<Resource<unknown>, 'links'>): readonly number[] =>
  links.tags ?? [];

/** By the name that callers use: the field of a list's summary. */
export const TAG_SORTABLE = {
  name: 'name',
  createdOn: 'createdOn',
  lastModifiedOn: 'lastModifiedOn',
} as const;

export const tagKey = (id: number): Key => key(`${prefix.tag}#${id}`, 'TAG');

/** The version of a tag that callers see. */
export const versionOfTag = ({ id, revision }: Tag): string => etagOf(id, revision);

export const readTag = (item: Item): Tag => item as unknown as Tag;

/** The list of the tags of a group. */
export const tagsOf = (groupId: number): string => `${groupId}#tag`;
/** The list of the resources that a tag is on. */
export const taggedWith = (tagId: number): string => `tag:${tagId}`;

const guard = ({ groupId, name }: Tag): Key => resourceKeys.name('tag', String(groupId), name);

const entry = (tag: Tag, before: Tag | undefined, isThere: boolean): Write =>
  listWrite(tagsOf(tag.groupId), {
    id: tag.id,
    version: tag.revision,
    position: isThere ? tag.id : null,
    was: before === undefined ? null : tag.id,
    summary: { name: tag.name, createdOn: tag.createdOn, lastModifiedOn: tag.modifiedOn },
  });

const row = (tag: Tag): Item => ({
  ...tagKey(tag.id),
  ...(tag as unknown as { readonly [name: string]: Attribute }),
});

/** The writes of a tag; the first of them takes the name, where it does. */
export function tagWrites(before: Tag | undefined, after: Tag): readonly Write[] {
  const isNewName = before?.name !== after.name;
  return [
    ...(isNewName ? [put({ ...guard(after), id: after.id }, itemMissing)] : []),
    put(row(after), before === undefined ? itemMissing : compare('revision', '=', before.revision)),
    ...(before !== undefined && isNewName
      ? [remove(guard(before), compare('id', '=', before.id))]
      : []),
    entry(after, before, true),
  ];
}

/** What ends a tag. Resources keep its number, which then means nothing. */
export const tagRemoval = (tag: Tag): readonly Write[] => [
  remove(tagKey(tag.id), compare('revision', '=', tag.revision)),
  remove(guard(tag), compare('id', '=', tag.id)),
  entry({ ...tag, revision: tag.revision + 1 }, tag, false),
];
