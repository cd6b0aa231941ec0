import * as z from 'zod';
import {
  deleteTraces,
  getTrace,
  getTraces,
  searchTraces,
  startTrace,
} from '#domain/traces/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import { experimentId } from '../experiment-ids.ts';
import { filled, int64 } from '../fields.ts';
import { nextPage, placeAfter } from '../paging.ts';
import { AssessmentMessage, toNewAssessment } from './assessment-fields.ts';
import { duration, Location, map, state, texts, timestamp, whole } from './fields.ts';
import { idsOf, Wanted, wanted } from './wanted.ts';
import { toTraceInfo } from './wire.ts';

const DEFAULT_PAGE = 100;
const MAX_PAGE = 500;

const TraceInfo = z.object({
  trace_id: filled(),
  client_request_id: z.string().optional(),
  trace_location: Location,
  request_preview: z.string().optional(),
  response_preview: z.string().optional(),
  request_time: timestamp(),
  execution_duration: duration().optional(),
  state: state().default('STATE_UNSPECIFIED'),
  trace_metadata: map(),
  tags: map(),
  assessments: z.array(AssessmentMessage).default([]),
});

function experimentOf(
  ctx: Context,
  { mlflow_experiment: named }: z.output<typeof Location>,
): number {
  if (named !== undefined) return experimentId(ctx, named.experiment_id);
  throw invalid('trace_location', 'Traces are stored in experiments: name one in trace_location.');
}

const start = route({
  method: 'POST',
  path: '/traces',
  operationId: 'startTrace',
  summary: 'Store what is known of a trace, but for its spans: they are uploaded as a file.',
  access: writes('run', { jobs: true }),
  body: z.object({ trace: z.object({ trace_info: TraceInfo }) }),
  handle: async ({ ctx, body }) => {
    const { trace_info: info } = body.trace;
    const trace = await startTrace(ctx, {
      id: info.trace_id,
      experimentId: experimentOf(ctx, info.trace_location),
      time: info.request_time,
      state: info.state,
      metadata: info.trace_metadata,
      tags: info.tags,
      assessments: info.assessments.map(toNewAssessment),
      ...(info.execution_duration === undefined ? {} : { duration: info.execution_duration }),
      ...(info.client_request_id === undefined ? {} : { clientRequestId: info.client_request_id }),
      ...(info.request_preview === undefined ? {} : { requestPreview: info.request_preview }),
      ...(info.response_preview === undefined ? {} : { responsePreview: info.response_preview }),
    });
    return { trace: { trace_info: toTraceInfo(ctx, trace) } };
  },
});

const getInfo = route({
  method: 'GET',
  path: '/traces/{traceId}',
  operationId: 'getTraceInfo',
  summary: 'A trace without its spans.',
  access: reads('run', { jobs: true }),
  handle: async ({ ctx, params: { traceId } }) => ({
    trace: { trace_info: toTraceInfo(ctx, await getTrace(ctx, traceId)) },
  }),
});

const batchInfos = route({
  method: 'POST',
  path: '/traces/batchGetInfos',
  operationId: 'batchGetTraceInfos',
  summary: 'Those of the traces that are there, without their spans.',
  access: reads('run', { jobs: true }),
  body: z.object(Wanted),
  handle: async ({ ctx, body }) => {
    const traces = await getTraces(ctx, wanted(ctx, body));
    return traces.length === 0
      ? {}
      : { trace_infos: traces.map((trace) => toTraceInfo(ctx, trace)) };
  },
});

/** How a search may be narrowed and ordered. */
export const SearchFields = {
  filter: z.string().default(''),
  max_results: whole(1, MAX_PAGE).default(DEFAULT_PAGE),
  order_by: texts(),
  page_token: z.string().optional(),
};

/** A page of traces with the token of the next. */
export async function search(
  ctx: Context,
  experiments: readonly string[],
  args: z.output<z.ZodObject<typeof SearchFields>>,
) {
  const { filter, order_by: orderBy, max_results: limit, page_token: token } = args;
  const question = ['traces', experiments, filter, orderBy];
  const place = await placeAfter(ctx, question, token);
  const asked = { experimentIds: idsOf(ctx, experiments), filter, orderBy, limit, ...place };
  const { traces, next } = await searchTraces(ctx, asked);
  return { traces, token: await nextPage(ctx, question, next) };
}

const find = route({
  method: 'POST',
  path: '/traces/search',
  operationId: 'searchTraces',
  summary:
    'Traces of experiments that satisfy a filter, the latest first unless ordered otherwise.',
  access: reads('run', { jobs: true }),
  body: z.object({ ...SearchFields, locations: z.array(Location).min(1) }),
  handle: async ({ ctx, body: { locations, ...args } }) => {
    const experiments = locations.flatMap(({ mlflow_experiment: one }) => one?.experiment_id ?? []);
    const { traces, token } = await search(ctx, experiments, args);
    return {
      ...(traces.length === 0 ? {} : { traces: traces.map((trace) => toTraceInfo(ctx, trace)) }),
      ...token,
    };
  },
});

const DeleteRequest = z.object({
  experiment_id: filled(),
  max_timestamp_millis: int64().optional(),
  max_traces: int64().optional(),
  request_ids: texts(),
});

export const removal = (version: '' | 'V2') =>
  route({
    method: 'POST',
    path: '/traces/delete-traces',
    operationId: `deleteTraces${version}`,
    summary: 'Remove traces with their files: those named, or the oldest up to a time.',
    access: writes('run', { jobs: true }),
    body: DeleteRequest,
    handle: async ({ ctx, body }) => {
      const { max_timestamp_millis: time, max_traces: most, request_ids: ids } = body;
      const traces_deleted = await deleteTraces(ctx, {
        experimentId: experimentId(ctx, body.experiment_id),
        ...(ids.length === 0 ? {} : { ids }),
        ...(time === undefined ? {} : { maxTime: Number(time) }),
        ...(most === undefined ? {} : { maxTraces: Number(most) }),
      });
      return { traces_deleted };
    },
  });

export const infoRoutes: readonly Route[] = [start, batchInfos, find, removal(''), getInfo];
