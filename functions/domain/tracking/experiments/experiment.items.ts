import type { Summary } from '#domain/resources/index.ts';
import { listWrite } from '#domain/resources/index.ts';
import { key, pad, prefix } from '#kernel/keys.ts';
import {
  type Condition,
  compare,
  type Item,
  itemMissing,
  type Key,
  missing,
  put,
  type Write,
} from '#kernel/table.ts';
import { entriesOf, pairs } from '../run.items.ts';
import type { Entry } from '../schemas.ts';
import { groupOfDefault } from './experiment-ids.ts';
import { type TagPages, tagsOf } from './tag-pages.ts';

/** Lists keep the tags of an experiment up to so many bytes. */
const LISTED_BYTES = 1_500;

const partition = (experimentId: number): string => `${prefix.run}#EXP#${experimentId}`;

export const experimentKeys = {
  /** What MLflow's clients gave an experiment. */
  side: (experimentId: number): Key => key(partition(experimentId), 'TAGS'),
  /** More of its tags; pages count from 1. */
  page: (experimentId: number, page: number): Key =>
    key(partition(experimentId), `TAGS#${pad(page)}`),
};

/** The list of a group's experiments that have tags, with these. */
export const taggedList = (groupId: number): string => `${groupId}#experiment#tagged`;

/**
 * The side of an experiment that is tracking's own: its tags. Of the experiment that each group has
 * from the start it is all there is, once something of it was changed.
 */
export interface Side {
  /** Rises with every write; 0 where there is none. */
  readonly version: number;
  readonly first: readonly Entry[];
  /** Further pages. */
  readonly pages: number;
  readonly name?: string;
  readonly updatedOn?: number;
  readonly deletedOn?: number;
}

export function readSide(item: Item | undefined): Side {
  if (item === undefined) return { version: 0, first: [], pages: 0 };
  const { name, updatedOn, deletedOn } = item as unknown as Side;
  return {
    version: Number(item.version ?? 0),
    first: entriesOf(item),
    pages: Number(item.pages ?? 0),
    ...(name === undefined ? {} : { name }),
    ...(updatedOn === undefined ? {} : { updatedOn }),
    ...(deletedOn === undefined ? {} : { deletedOn }),
  };
}

/** Rows of before had no version. */
const unchanged = (item: Item | undefined): Condition => {
  if (item === undefined) return itemMissing;
  return item.version === undefined
    ? missing('version')
    : compare('version', '=', Number(item.version));
};

/** Replaces the side, unless it was changed since `item` was read. */
export function sidePut(experimentId: number, item: Item | undefined, after: Side): Write {
  const { first, ...rest } = after;
  const row = { ...experimentKeys.side(experimentId), ...rest, entries: pairs(first) };
  return put({ ...row, version: readSide(item).version + 1 }, unchanged(item));
}

const listedSize = (tags: readonly Entry[]): number =>
  Buffer.byteLength(JSON.stringify(pairs(tags)));

/** `more`: there are tags that are not listed. */
const summaryOf = (tags: readonly Entry[]): Summary =>
  listedSize(tags) <= LISTED_BYTES ? { tags: pairs(tags).flat() } : { more: true };

/** What the list holds of an experiment's tags; undefined where it does not hold them all. */
export function listedTags({ tags, more }: Summary): readonly Entry[] | undefined {
  if (more === true || !Array.isArray(tags)) return undefined;
  const flat = tags as readonly string[];
  return flat.flatMap((text, at) =>
    at % 2 === 0 ? [{ key: text, value: flat[at + 1] ?? '' }] : [],
  );
}

interface Change {
  readonly experimentId: number;
  readonly groupId: number;
  /** The side as it was read, and all its pages. */
  readonly item: Item | undefined;
  readonly before: TagPages;
  readonly after: TagPages;
}

/** Everything that changes the tags of an experiment, refused when they were changed meanwhile. */
export function tagWrites({
  experimentId,
  groupId,
  item,
  before,
  after,
}: Change): readonly Write[] {
  const [first = [], ...others] = after;
  const side = readSide(item);
  const isListed = side.version > 0 && before.flat().length > 0;
  const tags = tagsOf(after);
  const entry = {
    id: experimentId,
    version: side.version + 1,
    position: tags.length > 0 ? experimentId : null,
    was: isListed ? experimentId : null,
    summary: summaryOf(tags),
  };
  return [
    sidePut(experimentId, item, { ...side, first, pages: others.length }),
    ...others.flatMap((page, index) =>
      page === before[index + 1]
        ? []
        : [put({ ...experimentKeys.page(experimentId, index + 1), entries: pairs(page) })],
    ),
    // The experiment of a group is read with each of its searches.
    ...(groupOfDefault(experimentId) === undefined ? [listWrite(taggedList(groupId), entry)] : []),
  ];
}

/** All tags of an experiment, of its items. */
export const pagesOf = (
  item: Item | undefined,
  others: readonly (Item | undefined)[],
): TagPages => [
  readSide(item).first,
  ...others.map((page) => (page === undefined ? [] : entriesOf(page))),
];
