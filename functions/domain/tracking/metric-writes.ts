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
import { endOfStep, type Point, rankOf } from './ordered.ts';
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
/** Names and values of a chunk's attributes beside its points, without the name of the metric. */
const OVERHEAD_BYTES = 75;

/** Writes that store points: those for `bulk`, and those that depend on what is there. */
export interface PointWrites {
  readonly fresh: readonly Extract<Write, { kind: 'put' }>[];
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

/** The write that stores `points` of one metric: appended to the open chunk or as a new one. */
function chunkWrite(
  ctx: Context,
  owner: string,
  name: string,
  points: readonly Point[],
): { readonly fresh?: Extract<Write, { kind: 'put' }>; readonly append?: Write } {
  const now = ctx.clock.now();
  const cacheKey = `chunk:${owner}#${name}`;
  const open = ctx.cache.get<OpenChunk>(cacheKey);
  if (open !== undefined) {
    const segment = packSegment(points, open.base, now);
    if (open.bytes + segment.byteLength + 1 <= CHUNK_BYTES) {
      open.bytes += segment.byteLength + 1;
      const changes = { append: { points: [segment as Attribute] }, set: { base: open.base } };
      return { append: update(open.key, changes) };
    }
  }
  const segment = packSegment(points, now, now);
  const key = runKeys.chunk(owner, name, newChunkId(ctx, now));
  const fixed = OVERHEAD_BYTES + owner.length + Buffer.byteLength(nameInKey(name));
  ctx.cache.set<OpenChunk>(cacheKey, { key, base: now, bytes: fixed + segment.byteLength });
  return { fresh: { kind: 'put', item: { ...key, base: now, points: [segment] } } };
}

/** Which point of a call is the latest, and when it replaces the latest of earlier calls. */
export interface LatestRule {
  readonly pick: (points: readonly NamedPoint[]) => NamedPoint;
  readonly replaces: (point: Point) => Condition;
}

const higher = (a: NamedPoint, b: NamedPoint): NamedPoint => (rankOf(b) > rankOf(a) ? b : a);

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
  const fresh: Extract<Write, { kind: 'put' }>[] = [];
  const others: Write[] = [];
  for (const [name, group] of byKey(points)) {
    const chunk = chunkWrite(ctx, owner, name, group);
    if (chunk.fresh !== undefined) fresh.push(chunk.fresh);
    if (chunk.append !== undefined) others.push(chunk.append);
    const latest = rule.pick(group);
    const item = latestItem(owner, name, rankOf(latest));
    others.push(put(item, any(itemMissing, rule.replaces(latest))));
  }
  return { fresh, others };
}
