import * as z from 'zod';
import { endTrace, getTrace, startTrace, TRACE_STATES } from '#domain/traces/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import { experimentId } from '../experiment-ids.ts';
import { Entry, filled, milliseconds } from '../fields.ts';
import { texts } from './fields.ts';
import { linkRoutes, tagRoutes } from './tags.ts';
import { removal, SearchFields, search } from './traces.ts';
import { toTraceInfoV2 } from './wire.ts';

/** What clients before version 3 call: a trace is stored when it begins, and changed at its end. */
const Lists = {
  request_metadata: z.array(Entry).default([]),
  tags: z.array(Entry).default([]),
};

const start = route({
  method: 'POST',
  path: '/traces',
  operationId: 'startTraceV2',
  summary: 'Store a trace that begins.',
  access: writes('run', { jobs: true }),
  body: z.object({ ...Lists, experiment_id: filled(), timestamp_ms: milliseconds() }),
  handle: async ({ ctx, body }) => {
    const trace = await startTrace(ctx, {
      id: `tr-${ctx.ids.hex32()}`,
      experimentId: experimentId(ctx, body.experiment_id),
      time: body.timestamp_ms,
      state: 'IN_PROGRESS',
      metadata: body.request_metadata,
      tags: body.tags,
      assessments: [],
    });
    return { trace_info: toTraceInfoV2(ctx, trace) };
  },
});

const Status = z
  .enum(['TRACE_STATUS_UNSPECIFIED', ...TRACE_STATES])
  .transform((text) => (text === 'TRACE_STATUS_UNSPECIFIED' ? 'STATE_UNSPECIFIED' : text));

const end = route({
  method: 'PATCH',
  path: '/traces/{traceId}',
  operationId: 'endTraceV2',
  summary: 'Note the end of a trace.',
  access: writes('run', { jobs: true }),
  body: z.object({ ...Lists, timestamp_ms: milliseconds(), status: Status }),
  handle: async ({ ctx, params: { traceId }, body }) => {
    const trace = await endTrace(ctx, {
      traceId,
      time: body.timestamp_ms,
      state: body.status,
      metadata: body.request_metadata,
      tags: body.tags,
    });
    return { trace_info: toTraceInfoV2(ctx, trace) };
  },
});

const getInfo = route({
  method: 'GET',
  path: '/traces/{traceId}/info',
  operationId: 'getTraceInfoV2',
  summary: 'A trace without its spans.',
  access: reads('run', { jobs: true }),
  handle: async ({ ctx, params: { traceId } }) => ({
    trace_info: toTraceInfoV2(ctx, await getTrace(ctx, traceId)),
  }),
});

const find = route({
  method: 'GET',
  path: '/traces',
  operationId: 'searchTracesV2',
  summary: 'Traces of experiments that satisfy a filter.',
  access: reads('run', { jobs: true }),
  query: z.object({ ...SearchFields, experiment_ids: texts() }),
  handle: async ({ ctx, query: { experiment_ids: experiments, ...args } }) => {
    const { traces, token } = await search(ctx, experiments, args);
    return {
      ...(traces.length === 0 ? {} : { traces: traces.map((trace) => toTraceInfoV2(ctx, trace)) }),
      ...token,
    };
  },
});

export const traceRoutesV2: readonly Route[] = [
  start,
  find,
  ...linkRoutes,
  removal('V2'),
  ...tagRoutes('V2'),
  end,
  getInfo,
];
