import { createHash } from 'node:crypto';
import { key, pad, prefix } from '#kernel/keys.ts';
import type { Item, Key, Write } from '#kernel/table.ts';
import { itemMissing, MAX_TRANSACT_WRITES, put } from '#kernel/table.ts';
import { type Point, readRank } from './ordered.ts';
import { type Entry, LOCKED_TAG, RUN_NAME_TAG, type Run } from './schemas.ts';

/** Longer names are kept by their hash, since sort keys are limited to 1,024 bytes. */
const MAX_NAME_BYTES = 600;
/** Tags of a new run up to this size are kept in its row, which saves a write for each. */
const INLINE_TAG_BYTES = 2_048;
/** Tags of a new run that are items of their own: the row and what goes with the call have room, too. */
const MOST_ITEMS = MAX_TRANSACT_WRITES - 5;
/** A page of params is not filled beyond this. */
export const PARAM_PAGE_BYTES = 32 * 1024;

const nameHash = (name: string): string => createHash('sha256').update(name).digest('hex');

/** Names hold no `#`, so a hash cannot be taken for a name and one name not for part of another. */
export const nameInKey = (name: string): string =>
  Buffer.byteLength(name) <= MAX_NAME_BYTES ? name : `#${nameHash(name)}`;

/** Of a run, or of the metrics of a job without one: `<run id>` or `job:<id>`. */
const partition = (owner: string): string => `${prefix.run}#${owner}`;

export const runKeys = {
  run: (id: string): Key => key(partition(id), 'RUN'),
  partition,
  /** Chunks come first, so that one range holds all the rest. */
  chunks: (name: string): string => `C#${nameInKey(name)}#`,
  chunk: (owner: string, name: string, id: string): Key =>
    key(partition(owner), `C#${nameInKey(name)}#${id}`),
  latest: (owner: string, name: string): Key => key(partition(owner), `L#${nameInKey(name)}`),
  everyLatest: 'L#',
  params: (id: string, page: number): Key => key(partition(id), `P#${pad(page)}`),
  everyParams: 'P#',
  tag: (id: string, name: string): Key => key(partition(id), `T#${nameInKey(name)}`),
  everything: { from: 'L#', to: 'T#\u{10ffff}' },
};

type Pair = readonly [string, string];
const toPair = ({ key: name, value }: Entry): Pair => [name, value];
const toEntry = ([name, value]: Pair): Entry => ({ key: name, value });
const pairsOf = (item: Item, attribute: string): readonly Pair[] =>
  (item[attribute] ?? []) as unknown as readonly Pair[];

export const entriesOf = (item: Item): readonly Entry[] => pairsOf(item, 'entries').map(toEntry);

/** Bytes that entries take in an item, about. */
export const sizeOf = (entries: readonly Entry[]): number =>
  entries.reduce(
    (sum, entry) => sum + Buffer.byteLength(entry.key) + Buffer.byteLength(entry.value) + 6,
    0,
  );

/** Splits params over pages, of which the first has `room` bytes. */
export function paramPages(entries: readonly Entry[], room: number): readonly (readonly Entry[])[] {
  const pages: Entry[][] = [[]];
  let left = room;
  for (const entry of entries) {
    const size = sizeOf([entry]);
    // One entry always fits on a page of its own.
    if (size > left) {
      pages.push([]);
      left = PARAM_PAGE_BYTES;
    }
    pages.at(-1)?.push(entry);
    left -= size;
  }
  return pages;
}

export const roomIn = (item: Item | undefined): number =>
  PARAM_PAGE_BYTES - (item === undefined ? 0 : sizeOf(entriesOf(item)));

export const pairs = (entries: readonly Entry[]): readonly Pair[] => entries.map(toPair);

export const tagPut = (
  runId: string,
  { key: name, value }: Entry,
): Extract<Write, { kind: 'put' }> => ({
  kind: 'put',
  item: { ...runKeys.tag(runId, name), ...longName(name), value },
});

const longName = (name: string): { readonly name?: string } =>
  nameInKey(name) === name ? {} : { name };

/** Hides a tag that the row of the run holds. */
export const hiddenTag = (runId: string, name: string): Item => ({
  ...runKeys.tag(runId, name),
  ...longName(name),
  deleted: true,
});

/** Everything that makes a run: its row, and what its row should not hold. */
export function newRunItems(
  run: Run,
  tags: readonly Entry[],
  params: readonly Entry[] = [],
): readonly Write[] {
  const named = tags.filter((tag) => tag.key !== RUN_NAME_TAG);
  const inline =
    sizeOf(named) <= INLINE_TAG_BYTES ? named.length : Math.max(0, named.length - MOST_ITEMS);
  const row: Item = {
    ...runKeys.run(run.id),
    ...(run as unknown as Item),
    ...(inline > 0 ? { tags: pairs(named.slice(0, inline)) } : {}),
  };
  const pages = params.length === 0 ? [] : paramPages(params, PARAM_PAGE_BYTES);
  return [
    put(row, itemMissing),
    ...named.slice(inline).map((tag) => tagPut(run.id, tag)),
    ...pages.map((page, index) =>
      put({ ...runKeys.params(run.id, index), version: 1, entries: pairs(page) }),
    ),
  ];
}

/** Locked runs of an experiment. */
export const lockedRuns = (experimentId: number): string => `${prefix.run}#LOCKED#${experimentId}`;

/** What the row of such a run holds. */
export const lockedAt = (on: number, experimentId: number, runId: string) => ({
  lockedOn: on,
  gsi2pk: lockedRuns(experimentId),
  gsi2sk: runId,
});
export const NOT_LOCKED = ['lockedOn', 'gsi2pk', 'gsi2sk'] as const;

/** Runs that end by themselves when nobody writes them, by the time at which to look. */
export const silentRuns = `${prefix.run}#SILENT`;

/** What the row of such a run holds. */
export const lookAgain = (runId: string, dueOn: number) => ({
  gsi1pk: silentRuns,
  gsi1sk: `${pad(dueOn)}#${runId}`,
});
export const NOT_LOOKED_AT = ['gsi1pk', 'gsi1sk'] as const;

export const readRun = (item: Item): Run => {
  const { pk: _pk, sk: _sk, gsi1pk: _a, gsi1sk: _b, gsi2pk: _c, gsi2sk: _d, ...row } = item;
  const { tags: _tags, ...run } = row;
  return run as unknown as Run;
};

export const inlineTags = (row: Item): readonly Entry[] => pairsOf(row, 'tags').map(toEntry);

export const nameOf = (item: Item): string => (item.name as string | undefined) ?? item.sk.slice(2);

/** The tags of a run by their names, from its row and the items of tags. */
export function readTags(row: Item, items: readonly Item[]): readonly Entry[] {
  const tags = new Map<string, string>([[RUN_NAME_TAG, row.name as string]]);
  for (const { key: name, value } of inlineTags(row)) tags.set(name, value);
  for (const item of items) {
    if (item.deleted === true) tags.delete(nameOf(item));
    else tags.set(nameOf(item), item.value as string);
  }
  if (typeof row.lockedOn === 'number') tags.set(LOCKED_TAG, String(row.lockedOn));
  return [...tags].map(toEntry);
}

export interface NamedPoint extends Point {
  readonly key: string;
}

export const latestItem = (owner: string, name: string, rank: string): Item => ({
  ...runKeys.latest(owner, name),
  ...longName(name),
  rank,
});

export const readLatest = (item: Item): NamedPoint => ({
  key: nameOf(item),
  ...readRank(item.rank as string),
});
