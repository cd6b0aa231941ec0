import * as z from 'zod';
import { logBatch, logMetrics, logParams, metricHistory } from '#domain/tracking/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import { Entry, filled, MetricFields, pageSize, runId } from './fields.ts';
import { nextPage, placeAfter } from './paging.ts';
import { toMetric } from './wire.ts';

const MAX_BATCH_BYTES = 1_000_000;
const MAX_HISTORY_PAGE = 25_000;
/** Answers stay below the 5 MB that every way in can carry. */
const MAX_ANSWER_BYTES = 4_000_000;
/** Most of what one point takes beside the name of its metric. */
const POINT_BYTES = 120;

const Metric = z.object(MetricFields);

const Batch = z.object({
  run_id: runId(),
  metrics: z.array(Metric).default([]),
  params: z.array(Entry).default([]),
  tags: z.array(Entry).default([]),
});

const toPoint = ({ step = 0n, ...point }: z.output<typeof Metric>) => ({ ...point, step });

const logMetric = route({
  method: 'POST',
  path: '/runs/log-metric',
  operationId: 'logMetric',
  summary: 'Log one value of a metric.',
  access: writes('run', { jobs: true }),
  repeatable: true,
  body: Metric.extend({ run_id: runId() }),
  handle: async ({ ctx, body: { run_id: id, ...metric } }) => {
    await logMetrics(ctx, { runId: id, points: [toPoint(metric)] });
    return {};
  },
});

const logParam = route({
  method: 'POST',
  path: '/runs/log-parameter',
  operationId: 'logParam',
  summary: 'Log a param, once.',
  access: writes('run', { jobs: true }),
  body: Entry.extend({ run_id: runId() }),
  handle: async ({ ctx, body: { run_id: id, ...param } }) => {
    await logParams(ctx, { runId: id, params: [param] });
    return {};
  },
});

const logAll = route({
  method: 'POST',
  path: '/runs/log-batch',
  operationId: 'logBatch',
  summary: 'Log metrics, params and tags.',
  access: writes('run', { jobs: true }),
  repeatable: true,
  body: Batch,
  maxBodyBytes: MAX_BATCH_BYTES,
  handle: async ({ ctx, body: { run_id: id, metrics, ...rest } }) => {
    await logBatch(ctx, { runId: id, metrics: metrics.map(toPoint), ...rest });
    return {};
  },
});

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
    const fitting = Math.floor(
      MAX_ANSWER_BYTES / (POINT_BYTES + Buffer.byteLength(JSON.stringify(key))),
    );
    const limit = Math.max(1, Math.min(args.max_results ?? MAX_HISTORY_PAGE, fitting));
    const page = await metricHistory(ctx, {
      runId: id,
      key,
      limit,
      ...(await placeAfter(ctx, question, args.page_token)),
    });
    return {
      ...(page.points.length === 0
        ? {}
        : { metrics: page.points.map((point) => toMetric({ key, ...point })) }),
      ...(await nextPage(ctx, question, page.next)),
    };
  },
});

export const loggingRoutes: readonly Route[] = [logMetric, logParam, logAll, history];
