import * as z from 'zod';
import { getJob, metricOwner } from '#domain/jobs/index.ts';
import { jobMetricHistory, latestJobMetrics, logJobMetric } from '#domain/tracking/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import { invalid } from '#kernel/errors.ts';
import { parameterName } from '#kernel/strings.ts';
import { isoTime, PageQuery, pageAnswer, pageOf, pageRequest } from '../shapes.ts';
import { fromMetricValue, MetricValue, toMetricValue } from './wire.ts';

const Metric = z.object({ name: z.string(), value: MetricValue });
const NewMetric = z.strictObject({
  name: parameterName(),
  value: MetricValue,
  step: z.int().default(0),
  timestamp: z.nullable(z.string().max(50)).optional(),
});
const MetricPoint = Metric.extend({ step: z.int(), timestamp: z.string() });

function timeOf(text: string | null | undefined, now: number): number {
  if (text === undefined || text === null) return now;
  const time = Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`);
  if (Number.isSafeInteger(time) && time >= 0) return time;
  throw invalid('input', 'The timestamp is not valid.', {
    errors: { timestamp: ['Not a valid datetime.'] },
  });
}

export const metricRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/jobs/{id:int}/metrics',
    operationId: 'listJobMetrics',
    summary: 'The newest value of each metric: that of the highest step.',
    access: reads('job', { jobs: true }),
    response: z.array(Metric),
    handle: async ({ ctx, params }) => {
      const metrics = await latestJobMetrics(ctx, metricOwner(await getJob(ctx, params.id)));
      return metrics.map(({ name, value }) => ({ name, value: toMetricValue(value) }));
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
      return { name: body.name, value: body.value };
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
      const page = await jobMetricHistory(ctx, { owner, name, offset: index, limit: pageLength });
      const path = `jobs/${id}/metrics/${encodeURIComponent(name)}/snapshots`;
      return pageAnswer(path, query, page, (point) => ({
        name: point.name,
        value: toMetricValue(point.value),
        step: point.step,
        timestamp: isoTime(point.timestamp),
      }));
    },
  }),
];
