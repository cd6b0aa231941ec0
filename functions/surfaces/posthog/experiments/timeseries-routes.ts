import * as z from 'zod';
import {
  experimentTimeseries,
  type Recalculation,
  recalculateTimeseries,
} from '#domain/abtests/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import { unchecked } from '../fields.ts';
import { isoTime } from '../people.ts';
import { AnalysisAnswer, toAnalysis } from '../query/wire.ts';
import { ONE, placeOf } from './paths.ts';

const status = z.enum(['pending', 'in_progress', 'completed', 'failed']);

const SeriesAnswer = z.object({
  experiment_id: z.int(),
  metric_uuid: z.string(),
  status: z.enum(['pending', 'partial', 'completed', 'failed']),
  timeseries: z.record(z.string(), AnalysisAnswer.nullable()),
  errors: z.record(z.string(), z.string()).nullable(),
  computed_at: z.string().nullable(),
  created_at: z.string().nullable(),
  updated_at: z.string().nullable(),
  recalculation_status: status.nullable(),
  recalculation_created_at: z.string().nullable(),
  formatted_results: z.null(),
});

const RecalculationAnswer = z.object({
  id: z.string(),
  experiment_id: z.int(),
  metric_uuid: z.string(),
  fingerprint: z.string(),
  status,
  created_at: z.string(),
});

const toRecalculation = ({
  id,
  status: state,
  createdOn,
  request,
}: Recalculation): z.infer<typeof RecalculationAnswer> => ({
  id,
  experiment_id: request.experimentId,
  metric_uuid: request.metricUuid,
  fingerprint: request.fingerprint,
  status: state,
  created_at: isoTime(createdOn),
});

type Series = Awaited<ReturnType<typeof experimentTimeseries>>;

const maybeTime = (on: number | undefined): string | null =>
  on === undefined ? null : isoTime(on);

const toSeries = (
  { status: state, days, errors, method, ...series }: Series,
  experimentId: number,
  metricUuid: string,
): z.infer<typeof SeriesAnswer> => ({
  experiment_id: experimentId,
  metric_uuid: metricUuid,
  status: state,
  timeseries: Object.fromEntries(
    [...days].map(([day, analysis]) => [day, analysis && toAnalysis(analysis, method)]),
  ),
  errors: errors.size === 0 ? null : Object.fromEntries(errors),
  computed_at: maybeTime(series.computedOn),
  created_at: maybeTime(series.createdOn),
  updated_at: maybeTime(series.computedOn),
  recalculation_status: series.recalculation?.status ?? null,
  recalculation_created_at: maybeTime(series.recalculation?.createdOn),
  formatted_results: null,
});

/** Results of a metric day by day. */
export const timeseriesRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: `${ONE}/timeseries_results`,
    operationId: 'getExperimentTimeseries',
    summary: 'The results of a metric day by day, as far as they were worked out.',
    access: reads('experiment'),
    query: z.object({
      metric_uuid: z.string().max(200).optional(),
      fingerprint: z.string().max(200).optional(),
    }),
    response: SeriesAnswer,
    handle: async ({ ctx, params, query }) => {
      const { metric_uuid: metricUuid = '', fingerprint = '' } = query;
      const place = placeOf(ctx, params);
      const series = await experimentTimeseries(ctx, place, { metricUuid, fingerprint });
      return toSeries(series, place.id, metricUuid);
    },
  }),
  route({
    method: 'POST',
    path: `${ONE}/recalculate_timeseries`,
    operationId: 'recalculateExperimentTimeseries',
    summary:
      'Has the days of a metric worked out anew; answers 200 where that is under way already.',
    access: writes('experiment'),
    body: z.object({
      metric: unchecked('A metric of the kind ExperimentMetric.', 'object').optional(),
      fingerprint: z.unknown().meta({ type: 'string' }).optional(),
    }),
    status: 201,
    idleStatus: 200,
    response: RecalculationAnswer,
    handle: async ({ ctx, params, body }) => {
      const { recalculation, isNew } = await recalculateTimeseries(ctx, placeOf(ctx, params), body);
      const answer = toRecalculation(recalculation);
      return isNew ? answer : Response.json(answer, { headers: { 'cache-control': 'no-store' } });
    },
  }),
];
