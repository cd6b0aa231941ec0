import * as z from 'zod';
import { metricHistory, type Point, sampleHistory } from '#domain/tracking/index.ts';
import { type Route, reads, route } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import { filled, int64, pageSize, repeated, runId } from './fields.ts';
import { listInJson } from './json.ts';
import { nextPage, placeAfter } from './paging.ts';
import { metricText, toMetric, unlessEmpty } from './wire.ts';

const MAX_HISTORY_PAGE = 25_000;
/** Answers stay below the 5 MB that every way in can carry. */
const MAX_ANSWER_BYTES = 4_000_000;
/** Most of what one point takes beside the name of its metric, and with the id of its run. */
const POINT_BYTES = 120;
const POINT_OF_RUN_BYTES = 180;
const MAX_RUNS = 100;
const MAX_SAMPLE = 2_500;
/** Histories that one call reads at once. */
const AT_ONCE = 20;

/** How many points an answer can hold. */
const fitting = (key: string, bytes: number): number =>
  Math.max(1, Math.floor(MAX_ANSWER_BYTES / (bytes + Buffer.byteLength(JSON.stringify(key)))));

const HistoryRequest = z.object({
  run_id: runId(),
  metric_key: filled(),
  page_token: z.string().optional(),
  max_results: pageSize(MAX_HISTORY_PAGE).optional(),
});

const history = route({
  method: 'GET',
  path: '/metrics/get-history',
  operationId: 'getMetricHistory',
  summary: 'The values of a metric by timestamp, step and value.',
  access: reads('run', { jobs: true }),
  query: HistoryRequest,
  handle: async ({ ctx, query: args }) => {
    const { run_id: id, metric_key: key } = args;
    const question = ['history', id, key];
    const page = await metricHistory(ctx, {
      runId: id,
      key,
      limit: Math.min(args.max_results ?? MAX_HISTORY_PAGE, fitting(key, POINT_BYTES)),
      ...(await placeAfter(ctx, question, args.page_token)),
    });
    const rest = await nextPage(ctx, question, page.next);
    return listInJson('metrics', page.points.map(metricText(key)), rest);
  },
});

/** The points of some runs, each with the run that it is of; at most so many. */
async function ofRuns(
  input: { readonly runIds: readonly string[]; readonly key: string; readonly most: number },
  read: (runId: string) => Promise<readonly Point[]>,
) {
  const { runIds, key, most } = input;
  const all: object[] = [];
  for (let at = 0; at < runIds.length && all.length < most; at += AT_ONCE) {
    const ids = runIds.slice(at, at + AT_ONCE);
    const histories = await Promise.all(ids.map(read));
    for (const [index, points] of histories.entries()) {
      for (const point of points) all.push({ ...toMetric({ key, ...point }), run_id: ids[index] });
    }
  }
  return all.slice(0, most);
}

const BulkRequest = z.object({
  run_id: repeated().pipe(z.array(runId()).min(1).max(MAX_RUNS)),
  metric_key: filled(),
  max_results: pageSize(MAX_HISTORY_PAGE).default(MAX_HISTORY_PAGE),
});

const bulk = route({
  method: 'GET',
  path: '/metrics/get-history-bulk',
  operationId: 'getMetricHistoryBulk',
  summary: 'The values of a metric in some runs, by run, timestamp, step and value.',
  access: reads('run', { jobs: true }),
  query: BulkRequest,
  handle: async ({ ctx, query: { run_id: ids, metric_key: key, max_results: most } }) => {
    const runIds = [...new Set(ids)].sort();
    const fits = Math.min(most, fitting(key, POINT_OF_RUN_BYTES));
    // Not a message of protobuf in the original, which has the list when it is empty, too.
    return {
      metrics: await ofRuns({ runIds, key, most: fits }, (id) =>
        metricHistory(ctx, { runId: id, key, limit: most }).then(({ points }) => points),
      ),
    };
  },
});

export const IntervalRequest = z.object({
  run_ids: repeated().pipe(z.array(runId()).min(1).max(MAX_RUNS)),
  metric_key: filled(),
  start_step: int64().optional(),
  end_step: int64().optional(),
  max_results: pageSize(MAX_SAMPLE, { refuse: true }).default(MAX_SAMPLE),
});

function stepsOf({ start_step: from, end_step: to }: z.output<typeof IntervalRequest>) {
  if (from === undefined && to === undefined) return {};
  if (from === undefined || to === undefined) {
    throw invalid(
      'steps',
      'If either start step or end step are specified, both must be specified.',
    );
  }
  if (from > to) {
    throw invalid(
      'steps',
      `end_step must be greater than start_step. Found start_step=${from} and end_step=${to}.`,
    );
  }
  return { steps: { from, to } };
}

/** What the web UI draws: of each run an even sample. */
export async function metricIntervals(ctx: Context, args: z.output<typeof IntervalRequest>) {
  const { run_ids: runIds, metric_key: key } = args;
  const steps = stepsOf(args);
  const most = fitting(key, POINT_OF_RUN_BYTES);
  const each = Math.max(1, Math.min(args.max_results, Math.floor(most / runIds.length)));
  const metrics = await ofRuns({ runIds, key, most }, (runId) =>
    sampleHistory(ctx, { runId, key, most: each, ...steps }),
  );
  return unlessEmpty('metrics', metrics);
}

const interval = route({
  method: 'GET',
  path: '/metrics/get-history-bulk-interval',
  operationId: 'getMetricHistoryBulkInterval',
  summary: 'An even sample of the values of a metric in some runs, by step.',
  access: reads('run', { jobs: true }),
  query: IntervalRequest,
  handle: async ({ ctx, query }) => metricIntervals(ctx, query),
});

export const metricHistoryRoutes: readonly Route[] = [history, bulk, interval];
