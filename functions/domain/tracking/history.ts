import { type Context, requirePermission } from '#kernel/context.ts';
import type { Item } from '#kernel/table.ts';
import {
  comparePlaces,
  compareRanks,
  historyPlace,
  type Point,
  readHistoryPlace,
} from './ordered.ts';
import { pointsOf } from './points.ts';
import { runKeys } from './run.items.ts';
import { runScope, targetOf } from './scope.ts';

export interface HistoryPage {
  readonly points: readonly Point[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}

/** Points in order, each once. Most histories are in order already, since runs log as time goes by. */
function ordered(
  points: readonly Point[],
  compare: (a: Point, b: Point) => number,
): readonly Point[] {
  const follows = (point: Point, at: number, all: readonly Point[]): boolean => {
    const before = all[at - 1];
    return before === undefined || compare(before, point) < 0;
  };
  if (points.every(follows)) return points;
  return points.toSorted(compare).filter(follows);
}

/** What the points of a metric are kept in, for whoever may read its run. */
export async function readChunks(
  ctx: Context,
  { runId, key }: { readonly runId: string; readonly key: string },
): Promise<readonly Item[]> {
  const scope = await runScope(ctx, runId);
  requirePermission(ctx, 'read', targetOf(scope));
  const { items } = await ctx.table.query({
    pk: runKeys.partition(runId),
    sk: { prefix: runKeys.chunks(key) },
  });
  return items;
}

/** All points of a metric, exact repeats dropped. */
async function pointsBy(
  ctx: Context,
  { runId, key }: { readonly runId: string; readonly key: string },
  compare: (a: Point, b: Point) => number,
): Promise<readonly Point[]> {
  return ordered(pointsOf(await readChunks(ctx, { runId, key })), compare);
}

/** The points behind the place of an earlier page. */
function behind(points: readonly Point[], after: string | undefined): readonly Point[] {
  if (after === undefined) return points;
  const place = readHistoryPlace(after);
  return points.filter((point) => comparePlaces(point, place) > 0);
}

/**
 * The points of a metric by (timestamp, step, value), exact repeats dropped: at most `limit`
 * after the place `after` of an earlier page. A metric that was never logged has none.
 */
export async function metricHistory(
  ctx: Context,
  input: {
    readonly runId: string;
    readonly key: string;
    readonly limit: number;
    readonly after?: string;
  },
): Promise<HistoryPage> {
  const left = behind(await pointsBy(ctx, input, comparePlaces), input.after);
  const points = left.slice(0, input.limit);
  const last = points.at(-1);
  const more = last !== undefined && left.length > points.length;
  return { points, ...(more ? { next: historyPlace(last) } : {}) };
}

/** Where each of `count` parts begins that differ by one at most, the longer ones first. */
function beginnings(length: number, count: number): readonly number[] {
  const parts = Math.min(length, count);
  const [size, longer] = [Math.floor(length / parts), length % parts];
  return Array.from({ length: parts }, (_, part) => part * size + Math.min(part, longer));
}

/**
 * At most `most` points of a metric by (step, timestamp, value), evenly spaced, the first and the last
 * among them; of one the last. `steps` bounds the steps, both inclusive.
 */
export async function sampleHistory(
  ctx: Context,
  input: {
    readonly runId: string;
    readonly key: string;
    readonly most: number;
    readonly steps?: { readonly from: bigint; readonly to: bigint };
  },
): Promise<readonly Point[]> {
  const { steps, most } = input;
  const all = await pointsBy(ctx, input, compareRanks);
  const within =
    steps === undefined ? all : all.filter(({ step }) => step >= steps.from && step <= steps.to);
  const last = within.at(-1);
  if (last === undefined) return [];
  const sample = beginnings(within.length, most).flatMap((at) => within[at] ?? []);
  if (sample.at(-1) === last) return sample;
  return [...(sample.length < most ? sample : sample.slice(0, -1)), last];
}
