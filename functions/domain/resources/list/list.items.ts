import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { invalid } from '#kernel/errors.ts';
import { key, pad, prefix } from '#kernel/keys.ts';
import { type Item, type Key, put, type Write } from '#kernel/table.ts';
import type { Place } from './place.ts';
import type { ListEntry, ListRow, Summary } from './types.ts';

/**
 * Items of one list, all in its partition. Sort keys, ascending: `B#…` buckets, `HEAD`, `J#…`
 * journal, `ROOT`. One query from HEAD to ROOT shows the journal before the root, so that a fold
 * in between can only show a change twice, never lose it.
 */
const partition = (list: string): string => `${prefix.list}#${list}`;

const MAX_WHOLE = 10 ** 15 - 1;

// Later changes of a row come first: who sees one of them then also sees all before it, though
// a query is no snapshot.
const entryPrefix = (id: number): string => `J#${pad(id)}#`;

export const listKeys = {
  partition,
  /** All journal entries. */
  journal: { prefix: 'J#' },
  /** The journal entries of one row. */
  journalOf: (id: number) => ({ prefix: entryPrefix(id) }),
  /** Everything but the buckets. */
  state: { from: 'HEAD', to: 'ROOT' },
  entry: (list: string, { id, version }: Pick<ListEntry, 'id' | 'version'>): Key =>
    key(partition(list), entryPrefix(id) + pad(MAX_WHOLE - version)),
  head: (list: string): Key => key(partition(list), 'HEAD'),
  root: (list: string): Key => key(partition(list), 'ROOT'),
  bucket: (list: string, id: string): Key => key(partition(list), `B#${id}`),
};

const isWhole = (value: number): boolean =>
  Number.isInteger(value) && value >= 0 && value <= MAX_WHOLE;

/**
 * The put that tells a list of one change of a row, for the transaction that changes the row.
 * It is always a fresh key, so that writers never collide.
 */
export function listWrite(list: string, entry: ListEntry): Write {
  const { id, version, position, was, summary } = entry;
  const places = [position, was].filter((value) => value !== null);
  if (!isWhole(id) || !isWhole(version) || !places.every(Number.isFinite)) {
    throw invalid('list_entry', 'A list entry needs whole ids and versions, and finite positions.');
  }
  const what = position === null ? {} : { s: summary };
  return put({ ...listKeys.entry(list, entry), id, v: version, p: position, w: was, ...what });
}

const positionOf = (value: Item[string]): number | null =>
  typeof value === 'number' ? value : null;

export const toEntry = (item: Item): ListEntry => ({
  id: Number(item.id),
  version: Number(item.v),
  position: positionOf(item.p),
  was: positionOf(item.w),
  summary: (item.s ?? {}) as Summary,
});

/** A bucket as the root knows it; a row belongs into the last bucket whose first is not above it. */
export interface BucketRef {
  readonly id: string;
  readonly count: number;
  readonly first: Place;
  readonly last: Place;
}

/** Of rows, by id: the version up to which their changes are in the buckets. */
export type Folded = ReadonlyMap<number, number>;

/** What folds have made of the journal so far. */
export interface Root {
  readonly version: number;
  /** In default order. */
  readonly buckets: readonly BucketRef[];
  /** Changes that are folded but may still be in the journal. */
  readonly folded: Folded;
  /** Those that the last fold found or made gone: a read that began before it may show them. */
  readonly past: Folded;
  /** Buckets that were replaced and since when, to be deleted once no reader needs them. */
  readonly retired: readonly { readonly id: string; readonly at: number }[];
}

/** Half the time of the usual level; larger by a tenth at most. */
const LEVEL = 3;

const pack = (text: string): Uint8Array => new Uint8Array(deflateRawSync(text, { level: LEVEL }));

const unpack = (value: Item[string]): unknown =>
  value instanceof Uint8Array ? JSON.parse(inflateRawSync(value).toString()) : [];

type PackedBucket = readonly [id: string, count: number, ...places: readonly number[]];

interface Packed {
  readonly buckets: readonly PackedBucket[];
  readonly folded: readonly (readonly [number, number])[];
  readonly past: readonly (readonly [number, number])[];
  readonly retired: readonly (readonly [string, number])[];
}

const packBucket = ({ id, count, first, last }: BucketRef): PackedBucket => [
  id,
  count,
  first.position,
  first.id,
  last.position,
  last.id,
];

const unpackBucket = ([id, count, a = 0, b = 0, c = 0, d = 0]: PackedBucket): BucketRef => ({
  id,
  count,
  first: { position: a, id: b },
  last: { position: c, id: d },
});

export function toRootItem(list: string, root: Root): Item {
  const packed: Packed = {
    buckets: root.buckets.map(packBucket),
    folded: [...root.folded],
    past: [...root.past],
    retired: root.retired.map(({ id, at }) => [id, at]),
  };
  const total = root.buckets.reduce((sum, { count }) => sum + count, 0);
  return { ...listKeys.root(list), version: root.version, total, z: pack(JSON.stringify(packed)) };
}

export function toRoot(item: Item | undefined): Root {
  if (item === undefined) {
    return { version: 0, buckets: [], folded: new Map(), past: new Map(), retired: [] };
  }
  const { buckets, folded, past, retired } = unpack(item.z) as Packed;
  return {
    version: Number(item.version),
    buckets: buckets.map(unpackBucket),
    folded: new Map(folded),
    past: new Map(past),
    retired: retired.map(([id, at]) => ({ id, at })),
  };
}

/** A row as text; a bucket is made of these. */
export const toRowText = ({ id, version, position, summary }: ListRow): string =>
  JSON.stringify([id, version, position, summary]);

export const toBucketItem = (list: string, id: string, rowTexts: readonly string[]): Item => ({
  ...listKeys.bucket(list, id),
  z: pack(`[${rowTexts.join(',')}]`),
});

export const toRows = (item: Item): readonly ListRow[] =>
  (unpack(item.z) as readonly (readonly [number, number, number, Summary])[]).map(
    ([id, version, position, summary]) => ({ id, version, position, summary }),
  );
