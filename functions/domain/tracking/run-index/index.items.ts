import { key, pad, prefix } from '#kernel/keys.ts';
import type { Item, Key, Write } from '#kernel/table.ts';
import { nameInKey, runKeys } from '../run.items.ts';
import type { Run } from '../schemas.ts';
import { END, tailOf } from './place.ts';

/**
 * The index of an experiment's runs, in partitions of its own: a card of each run in the order of
 * their starts, and for each metric, param, tag and some attributes the runs that have it, by value.
 * Runs that are deleted are apart.
 */
export type Stage = 'active' | 'deleted';

/** Where a part of an experiment's runs is indexed. */
export interface Shelf {
  readonly experimentId: number;
  readonly stage: Stage;
  /** Of the shards of a busy experiment. */
  readonly shard: number;
}

/** What entries of one partition are about. */
export interface IndexKey {
  readonly kind: 'metric' | 'param' | 'tag' | 'attribute';
  readonly name: string;
}

/** Parts of the list of lagging runs, so that no partition of the index takes all its writes. */
export const LAG_PARTS = 8;

const STAGE: { readonly [stage in Stage]: string } = { active: 'A', deleted: 'D' };
const KIND: { readonly [kind in IndexKey['kind']]: string } = {
  metric: 'M',
  param: 'P',
  tag: 'T',
  attribute: 'A',
};

const shelfPk = ({ experimentId, stage, shard }: Shelf): string =>
  `${prefix.run}#EXP#${experimentId}#${STAGE[stage]}${shard}`;

/** Part of the list of lagging runs that a run is in. */
const lagPart = (runId: string): number =>
  [...runId].reduce((sum, character) => sum + character.charCodeAt(0), 0) % LAG_PARTS;

export const indexKeys = {
  cards: shelfPk,
  card: (shelf: Shelf, tail: string): Key => key(shelfPk(shelf), tail),
  entries: (shelf: Shelf, { kind, name }: IndexKey): string =>
    `${shelfPk(shelf)}#${KIND[kind]}#${nameInKey(name)}`,
  entrySk: (value: string, tail: string): string => `${value}${END}${tail}`,
  /** The runs of an experiment whose entries may lag behind. */
  marks: (experimentId: number, shard: number): string =>
    `${prefix.run}#EXP#${experimentId}#LAG${shard}`,
  mark: ({ experimentId, shard = 0, runId }: Marked): Key =>
    key(indexKeys.marks(experimentId, shard), runId),
  /** All lagging runs by the time of their first mark, for the sweeper. */
  lagging: (part: number): string => `${prefix.run}#LAGGING#${part}`,
  record: (runId: string, page: number): Key => key(runKeys.partition(runId), `X#${pad(page)}`),
};

/** What names a run in the list of lagging runs. */
export interface Marked {
  readonly runId: string;
  readonly experimentId: number;
  readonly shard?: number;
}

/** A run may have been written shortly before or after `markedOn`, and so its entries may lag. */
export interface Mark extends Marked {
  readonly markedOn: number;
  /** When the entries were brought up to date the last time since the first mark. */
  readonly settledOn?: number;
  /** When they had been written. */
  readonly writtenOn?: number;
}

/** Marks a run. The place in the list of all stays where the first mark put it. */
export const markWrite = (run: Marked, now: number): Write => ({
  kind: 'update',
  aside: true,
  key: indexKeys.mark(run),
  changes: {
    set: { markedOn: now, gsi1pk: indexKeys.lagging(lagPart(run.runId)) },
    setIfAbsent: {
      gsi1sk: `${pad(now)}#${run.runId}`,
      experimentId: run.experimentId,
      shard: run.shard ?? 0,
    },
  },
});

export const readMark = (item: Item): Mark => ({
  runId: item.sk,
  experimentId: item.experimentId as number,
  shard: item.shard as number,
  markedOn: item.markedOn as number,
  ...(item.settledOn === undefined ? {} : { settledOn: item.settledOn as number }),
  ...(item.writtenOn === undefined ? {} : { writtenOn: item.writtenOn as number }),
});

/** Where an entry of the index stands; what it is about is all in its key. */
export type EntryKey = readonly [pk: string, sk: string];

/** Bytes of entries on one page of the record. */
const RECORD_PAGE_BYTES = 48 * 1024;

/** What of a run is in the index, so that it can be taken out again. */
export interface IndexRecord {
  readonly entries: readonly EntryKey[];
  readonly card?: EntryKey;
  readonly pages: number;
}

export function readRecord(items: readonly Item[]): IndexRecord {
  const [first] = items;
  return {
    entries: items.flatMap((item) => JSON.parse(item.entries as string) as EntryKey[]),
    ...(first?.card === undefined ? {} : { card: JSON.parse(first.card as string) as EntryKey }),
    pages: items.length,
  };
}

/** Pages of the record, and the removal of those that are left over. */
export function recordWrites(
  runId: string,
  { entries, card, pages: before }: IndexRecord,
): readonly Extract<Write, { kind: 'put' | 'delete' }>[] {
  const pages: EntryKey[][] = [[]];
  let room = RECORD_PAGE_BYTES;
  for (const entry of entries) {
    const size = Buffer.byteLength(entry[0]) + Buffer.byteLength(entry[1]) + 7;
    if (size > room) {
      pages.push([]);
      room = RECORD_PAGE_BYTES;
    }
    pages.at(-1)?.push(entry);
    room -= size;
  }
  const puts = pages.map((page, at) => ({
    kind: 'put' as const,
    item: {
      ...indexKeys.record(runId, at),
      entries: JSON.stringify(page),
      ...(at === 0 && card !== undefined ? { card: JSON.stringify(card) } : {}),
    },
  }));
  const left = Array.from({ length: Math.max(0, before - pages.length) }, (_, at) => ({
    kind: 'delete' as const,
    key: indexKeys.record(runId, pages.length + at),
  }));
  return [...puts, ...left];
}

export const entryPut = ([pk, sk]: EntryKey): Extract<Write, { kind: 'put' }> => ({
  kind: 'put',
  item: { pk, sk },
});

export const cardKey = (shelf: Shelf, run: Run): EntryKey => [indexKeys.cards(shelf), tailOf(run)];
