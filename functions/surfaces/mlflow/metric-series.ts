import * as z from 'zod';
import { LEAST_SAMPLE, type MetricSeries, metricSeries } from '#domain/tracking/index.ts';
import { type Route, reads, route } from '#http/route.ts';
import { invalid } from '#kernel/errors.ts';
import { filled, int64, pageSize, repeated, runId } from './fields.ts';
import { doubleText, listInJson } from './json.ts';

const MAX_RUNS = 100;
const MIN_POINTS = 10;
const MAX_POINTS = 5_000;
const USUAL_POINTS = 1_000;
/** Answers stay below the 5 MB that every way in can carry. */
const MAX_ANSWER_BYTES = 4_000_000;
/** The most that a point takes: two integers of 64 bits and a double, each with its comma. */
const POINT_BYTES = 21 + 21 + 25;
/** Histories that one call holds at once. */
const AT_ONCE = 10;

const SeriesRequest = z.object({
  run_ids: repeated().pipe(z.array(runId()).min(1).max(MAX_RUNS)),
  metric_key: filled(),
  max_points: pageSize(MAX_POINTS, { refuse: true })
    .refine((count) => count >= MIN_POINTS, `Use an integer from ${MIN_POINTS}`)
    .default(USUAL_POINTS),
  x: z.enum(['step', 'time']).default('step'),
  start: int64().optional(),
  end: int64().optional(),
});

/** Unlike the rest of the dialect, infinities by their names: the largest doubles would spoil a scale. */
const valueText = (value: number): string =>
  Number.isFinite(value) ? doubleText(value) : `"${value}"`;

function seriesText(id: string, { total, steps, timestamps, values }: MetricSeries): string {
  const head = `{"run_id":"${id}","total":${total},"sampled":${values.length < total}`;
  const texts = Array.from(values, valueText);
  return `${head},"steps":[${steps}],"timestamps":[${timestamps}],"values":[${texts}]}`;
}

/** All in order, so many at a time. */
async function inTurns<T, R>(
  list: readonly T[],
  atOnce: number,
  work: (value: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  for (let at = 0; at < list.length; at += atOnce) {
    results.push(...(await Promise.all(list.slice(at, at + atOnce).map(work))));
  }
  return results;
}

const series = route({
  method: 'POST',
  path: '/metrics/get-series',
  operationId: 'getMetricSeries',
  summary:
    'A metric of some runs for a drawing: of each run all points, or those that its shape needs.',
  access: reads('run', { jobs: true }),
  body: SeriesRequest,
  handle: async ({ ctx, body: { run_ids, metric_key: key, max_points, x: axis, start, end } }) => {
    if (start !== undefined && end !== undefined && start > end) {
      throw invalid(
        'range',
        `end must not be less than start. Found start=${start} and end=${end}.`,
      );
    }
    const asOf = ctx.clock.now();
    const runIds = [...new Set(run_ids)];
    const fits = Math.floor(MAX_ANSWER_BYTES / POINT_BYTES / runIds.length);
    const most = Math.max(LEAST_SAMPLE, Math.min(max_points, fits));
    const texts = await inTurns(runIds, AT_ONCE, async (id) =>
      seriesText(id, await metricSeries(ctx, { runId: id, key, axis, from: start, to: end, most })),
    );
    return listInJson('series', texts, { as_of: asOf });
  },
});

export const metricSeriesRoutes: readonly Route[] = [series];
