import type { Context } from '#kernel/context.ts';
import { readChunks } from '../history.ts';
import { type Axis, columnsOf, type Integer, pointsAt, within } from './columns.ts';
import { extremes } from './extremes.ts';
import type { Columns } from './unpack-columns.ts';

export interface MetricSeries extends Columns {
  /** Points within the range, exact repeats counted once. */
  readonly total: number;
}

/**
 * The points of a metric along an axis for a drawing: all of a range, or `most` of them (7 or more) with its
 * first, lowest, highest and last. A metric that was never logged has none.
 */
export async function metricSeries(
  ctx: Context,
  input: {
    readonly runId: string;
    readonly key: string;
    readonly axis: Axis;
    readonly from?: Integer | undefined;
    readonly to?: Integer | undefined;
    readonly most: number;
  },
): Promise<MetricSeries> {
  const all = columnsOf(await readChunks(ctx, input), input.axis);
  const ranged = within(all, input.axis, input);
  const total = ranged.values.length;
  if (total <= input.most) return { ...ranged, total };
  return { ...pointsAt(ranged, extremes(ranged.values, input.most)), total };
}
