import * as z from 'zod';
import { getJob, jobKind, listExperimentMetrics, metricOwner } from '#domain/jobs/index.ts';
import { jobMetricHistory, latestJobMetrics, logJobMetric } from '#domain/tracking/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import { invalid } from '#kernel/errors.ts';
import { parameterName } from '#kernel/strings.ts';
import {
  isoTime,
  PageQuery,
  pageAnswer,
  pageOf,
  pageRequest,
  SortQuery,
  sortedBy,
} from '../shapes.ts';
import { fromMetricValue, MetricValue, NewMetricValue, toMetricValue } from './wire.ts';

const Metric = z.object({ name: z.string(), value: MetricValue });
const NewMetric = z.strictObject({
  name: parameterName(),
  value: NewMetricValue,
  step: z.int().default(0),
  timestamp: z.nullable(z.string().max(50)).optional(),
});
const MetricPoint = Metric.extend({ step: z.int(), timestamp: z.string() });

const ISO_TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/** A time without a zone is one of UTC. */
function timeOf(text: string | null | undefined, now: number): number {
  if (text === undefined || text === null) return now;
  const [whole, zone] = ISO_TIME.exec(text) ?? [];
  const time = Date.parse(zone === undefined ? `${whole}Z` : text);
  if (Number.isSafeInteger(time) && time >= 0) return time;
  throw invalid('input', 'The timestamp is not valid.', {
    errors: { timestamp: ['Not a valid datetime.'] },
  });
}

const toMetric = ({ name, value }: { readonly name: string; readonly value: number }) => ({
  name,
  value: toMetricValue(value),
});

export const metricRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/experiments/{id:int}/metrics',
    operationId: 'listExperimentMetrics',
    summary: 'A page of the jobs of an experiment with the newest values of their metrics.',
    access: reads('job'),
    query: SortQuery.extend(sortedBy(jobKind)),
    response: pageOf(z.object({ id: z.int(), metrics: z.array(Metric) })),
    handle: async ({ ctx, params, query }) => {
      const page = await listExperimentMetrics(ctx, params.id, pageRequest(query));
      // Dioptra's own links of this list have two slashes here.
      return pageAnswer(`/experiments/${params.id}/metrics`, query, page, (row) => ({
        id: row.jobId,
        metrics: row.metrics.map(toMetric),
      }));
    },
  }),
  route({
    method: 'GET',
    path: '/jobs/{id:int}/metrics',
    operationId: 'listJobMetrics',
    summary: 'The newest value of each metric: that of the highest step.',
    access: reads('job', { jobs: true }),
    response: z.array(Metric),
    handle: async ({ ctx, params }) => {
      const metrics = await latestJobMetrics(ctx, metricOwner(await getJob(ctx, params.id)));
      return metrics.map(toMetric);
    },
  }),
  route({
    method: 'POST',
    path: '/jobs/{id:int}/metrics',
    operationId: 'logJobMetric',
    summary: 'Logs a value of a metric; the same step again replaces it.',
    access: writes('job', { jobs: true }),
    untraced: true,
    body: NewMetric,
    response: Metric,
    handle: async ({ ctx, params, body }) => {
      const owner = metricOwner(await getJob(ctx, params.id));
      const timestamp = timeOf(body.timestamp, ctx.clock.now());
      const value = fromMetricValue(body.value);
      await logJobMetric(ctx, { owner, name: body.name, value, step: body.step, timestamp });
      return { name: body.name, value: toMetricValue(value) };
    },
  }),
  route({
    method: 'GET',
    path: '/jobs/{id:int}/metrics/{name}/snapshots',
    operationId: 'listJobMetricHistory',
    summary: 'The values of a metric by step.',
    access: reads('job', { jobs: true }),
    query: PageQuery,
    response: pageOf(MetricPoint),
    handle: async ({ ctx, params: { id, name }, query }) => {
      const owner = metricOwner(await getJob(ctx, id));
      const { index, pageLength } = pageRequest(query);
      // The one list of Dioptra whose index counts pages.
      const offset = Math.min(index * pageLength, Number.MAX_SAFE_INTEGER);
      const page = await jobMetricHistory(ctx, { owner, name, offset, limit: pageLength });
      const path = `jobs/${id}/metrics/${encodeURIComponent(name)}/snapshots`;
      const shape = (point: (typeof page.rows)[number]) => ({
        name: point.name,
        value: toMetricValue(point.value),
        step: point.step,
        timestamp: isoTime(point.timestamp),
      });
      return pageAnswer(path, query, page, shape, { numbered: true });
    },
  }),
];
