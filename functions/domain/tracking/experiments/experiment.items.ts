import { listWrite, type Summary } from '#domain/resources/index.ts';
import {
  type Condition,
  compare,
  type Item,
  itemMissing,
  missing,
  put,
  type Write,
} from '#kernel/table.ts';
import { RETENTION_TAG, retainedAt, retentionDays } from '../removal/removal.items.ts';
import { entriesOf, pairs } from '../run.items.ts';
import type { Entry } from '../schemas.ts';
import { groupOfDefault } from './experiment-ids.ts';
import { experimentKeys, readSide, type Side } from './side.items.ts';
import { type TagPages, tagsOf } from './tag-pages.ts';

/** Lists keep the tags of an experiment up to so many bytes. */
const LISTED_BYTES = 1_500;

/** The list of a group's experiments that have tags, with these. */
export const taggedList = (groupId: number): string => `${groupId}#experiment#tagged`;

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
  const row = {
    ...experimentKeys.side(experimentId),
    ...rest,
    ...(rest.retentionDays === undefined ? {} : retainedAt(experimentId, 0)),
    entries: pairs(first),
  };
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
  const { retentionDays: _, ...side } = readSide(item);
  const isListed = side.version > 0 && before.flat().length > 0;
  const tags = tagsOf(after);
  const days = retentionDays(tags.find((tag) => tag.key === RETENTION_TAG)?.value);
  const kept = days === undefined ? side : { ...side, retentionDays: days };
  const entry = {
    id: experimentId,
    version: side.version + 1,
    position: tags.length > 0 ? experimentId : null,
    was: isListed ? experimentId : null,
    summary: summaryOf(tags),
  };
  return [
    sidePut(experimentId, item, { ...kept, first, pages: others.length }),
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
