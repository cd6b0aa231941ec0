import type { Context } from '#kernel/context.ts';
import {
  type Attribute,
  any,
  type Condition,
  compare,
  itemMissing,
  type Key,
  put,
  update,
  type Write,
} from '#kernel/table.ts';
import { compareRanks, endOfStep, type Point, rankOf } from './ordered.ts';
import { packSegment } from './points.ts';
import { latestItem, type NamedPoint, nameInKey, runKeys } from './run.items.ts';

/**
 * How points are stored: in chunks that only this process appends to, so that logging reads
 * nothing and writers never meet. A chunk is left for a new one before it costs a second write
 * unit; where the process forgets which one it had, it begins another.
 */
interface OpenChunk {
  readonly key: Key;
  readonly base: number;
  bytes: number;
}

/** Size of an item that still costs one write unit, with some room for what is estimated. */
const CHUNK_BYTES = 1_000;
/** Points of more metrics than this in one call get chunks of their own, in bulk. */
const MOST_APPENDS = 200;
/**
 * So do as many points of one metric: a call takes 25 new chunks at once, but one append. Fewer would
 * make a history of more items than it may cost to read.
 */
const OWN_CHUNK_POINTS = 10;
/** Names and values of a chunk's attributes beside its points, without the name of the metric. */
const OVERHEAD_BYTES = 75;

type Put = Extract<Write, { kind: 'put' }>;

/** Writes that store points: new items for `bulk`, and those that depend on what is there. */
export interface PointWrites {
  readonly fresh: readonly Put[];
  readonly others: readonly Write[];
}

function byKey(points: readonly NamedPoint[]): ReadonlyMap<string, readonly NamedPoint[]> {
  const groups = new Map<string, NamedPoint[]>();
  for (const point of points) {
    const group = groups.get(point.key);
    if (group === undefined) groups.set(point.key, [point]);
    else group.push(point);
  }
  return groups;
}

const newChunkId = (ctx: Context, now: number): string =>
  `${now.toString(36).padStart(9, '0')}${ctx.ids.hex32().slice(0, 10)}`;

const appended = (chunk: OpenChunk, segment: Uint8Array): Write =>
  update(chunk.key, { append: { points: [segment as Attribute] }, set: { base: chunk.base } });

/** A new chunk for `points`, and what it is when nobody appends to it. */
function newChunk(ctx: Context, owner: string, name: string, points: readonly Point[]) {
  const now = ctx.clock.now();
  const segment = packSegment(points, now, now);
  const key = runKeys.chunk(owner, name, newChunkId(ctx, now));
  const fixed = OVERHEAD_BYTES + owner.length + Buffer.byteLength(nameInKey(name));
  const chunk: OpenChunk = { key, base: now, bytes: fixed + segment.byteLength };
  return { chunk, segment };
}

/**
 * Appends `points` of one metric to the open chunk or to a new one. A new chunk is begun by
 * appending, too: a put could come after the append of a parallel call and undo it.
 */
function appendWrite(ctx: Context, owner: string, name: string, points: readonly Point[]): Write {
  const cacheKey = `chunk:${owner}#${name}`;
  const open = ctx.cache.get<OpenChunk>(cacheKey);
  if (open !== undefined) {
    const segment = packSegment(points, open.base, ctx.clock.now());
    if (open.bytes + segment.byteLength + 1 <= CHUNK_BYTES) {
      open.bytes += segment.byteLength + 1;
      return appended(open, segment);
    }
  }
  const { chunk, segment } = newChunk(ctx, owner, name, points);
  ctx.cache.set(cacheKey, chunk);
  return appended(chunk, segment);
}

/** Which point of a call is the latest, and when it replaces the latest of earlier calls. */
export interface LatestRule {
  readonly pick: (points: readonly NamedPoint[]) => NamedPoint;
  readonly replaces: (point: Point) => Condition;
}

const higher = (a: NamedPoint, b: NamedPoint): NamedPoint => (compareRanks(a, b) < 0 ? b : a);

/** MLflow: the highest by step, timestamp and value, whatever came last. */
export const highestRank: LatestRule = {
  pick: (points) => points.reduce(higher),
  replaces: (point) => compare('rank', '<', rankOf(point)),
};

/** Dioptra: the highest step; of equal steps what was written last. */
export const lastOfHighestStep: LatestRule = {
  pick: (points) => points.reduce((a, b) => (b.step >= a.step ? b : a)),
  replaces: (point) => compare('rank', '<', endOfStep(point.step)),
};

/** Everything to write for points of a run, or of a job without one. */
export function pointWrites(
  ctx: Context,
  owner: string,
  points: readonly NamedPoint[],
  rule: LatestRule,
): PointWrites {
  const fresh: Put[] = [];
  const others: Write[] = [];
  const groups = byKey(points);
  for (const [name, group] of groups) {
    if (groups.size <= MOST_APPENDS && group.length < OWN_CHUNK_POINTS) {
      others.push(appendWrite(ctx, owner, name, group));
    } else {
      const { chunk, segment } = newChunk(ctx, owner, name, group);
      fresh.push({ kind: 'put', item: { ...chunk.key, base: chunk.base, points: [segment] } });
    }
    const latest = rule.pick(group);
    const item = latestItem(owner, name, rankOf(latest));
    others.push(put(item, any(itemMissing, rule.replaces(latest))));
  }
  return { fresh, others };
}
