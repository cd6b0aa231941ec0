import { type Context, requirePermission } from '#kernel/context.ts';
import { historyPlace, type Point, rankOf } from './ordered.ts';
import { pointsOf, runKeys } from './run.items.ts';
import { runScope, targetOf } from './scope.ts';

export interface HistoryPage {
  readonly points: readonly Point[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}

/** The points of a metric in the order of what `place` says of each, exact repeats dropped. */
async function pointsBy(
  ctx: Context,
  { runId, key }: { readonly runId: string; readonly key: string },
  place: (point: Point) => string,
): Promise<readonly (readonly [place: string, point: Point])[]> {
  const scope = await runScope(ctx, runId);
  requirePermission(ctx, 'read', targetOf(scope));
  const { items } = await ctx.table.query({
    pk: runKeys.partition(runId),
    sk: { prefix: runKeys.chunks(key) },
  });
  const places = new Map(pointsOf(items).map((point) => [place(point), point]));
  return [...places].sort(([a], [b]) => (a < b ? -1 : 1));
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
  const places = await pointsBy(ctx, input, historyPlace);
  const { after = '' } = input;
  const ordered = after === '' ? places : places.filter(([place]) => place > after);
  const page = ordered.slice(0, input.limit);
  const last = page.at(-1);
  return {
    points: page.map(([, point]) => point),
    ...(last !== undefined && ordered.length > page.length ? { next: last[0] } : {}),
  };
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
  const all = (await pointsBy(ctx, input, rankOf)).map(([, point]) => point);
  const within =
    steps === undefined ? all : all.filter(({ step }) => step >= steps.from && step <= steps.to);
  const last = within.at(-1);
  if (last === undefined) return [];
  const sample = beginnings(within.length, most).flatMap((at) => within[at] ?? []);
  if (sample.at(-1) === last) return sample;
  return [...(sample.length < most ? sample : sample.slice(0, -1)), last];
}
