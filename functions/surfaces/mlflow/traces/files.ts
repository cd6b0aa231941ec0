import * as z from 'zod';
import { getTrace, getTraces, readSpans, signTraceFile } from '#domain/traces/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import { AppError, notFound } from '#kernel/errors.ts';
import { HEADERS } from '../errors.ts';
import { filled } from '../fields.ts';
import { moved } from '../moved.ts';
import { toSpans } from './spans.ts';
import { Wanted, wanted } from './wanted.ts';
import { toTraceInfo } from './wire.ts';

/** The spans of all traces of an answer, in bytes. */
const MAX_BATCH_BYTES = 4_000_000;
const MAX_BATCH = 100;

const Flag = z.enum(['true', 'false', 'True', 'False']).transform((text) => /true/i.test(text));

const get = route({
  method: 'GET',
  path: '/traces/get',
  operationId: 'getTrace',
  summary: 'A trace with its spans.',
  access: reads('run', { jobs: true }),
  query: z.object({ trace_id: filled(), allow_partial: Flag.default(false) }),
  handle: async ({ ctx, query: { trace_id: traceId, allow_partial: isPartial } }) => {
    const [trace, text] = await Promise.all([getTrace(ctx, traceId), readSpans(ctx, { traceId })]);
    const spans = text === undefined ? undefined : toSpans(text);
    if (spans === undefined && !isPartial) {
      throw new AppError(
        'not_found',
        `Trace with ID ${traceId} is not fully exported yet, please try again later.`,
      );
    }
    return { trace: { trace_info: toTraceInfo(ctx, trace), ...(spans?.length ? { spans } : {}) } };
  },
});

const batchGet = route({
  method: 'GET',
  path: '/traces/batchGet',
  operationId: 'batchGetTraces',
  summary: 'Those of the traces that are there with their spans; together at most 4 MB of them.',
  access: reads('run', { jobs: true }),
  query: z.object({
    ...Wanted,
    trace_ids: Wanted.trace_ids.pipe(z.array(z.string()).max(MAX_BATCH)),
  }),
  handle: async ({ ctx, query }) => {
    let left = MAX_BATCH_BYTES;
    const traces: object[] = [];
    for (const trace of await getTraces(ctx, wanted(ctx, query))) {
      const text = await readSpans(ctx, { traceId: trace.id, most: left });
      const spans = text === undefined ? undefined : toSpans(text);
      if (text === undefined || spans === undefined) continue;
      left = Math.max(0, left - Buffer.byteLength(text));
      traces.push({ trace_info: toTraceInfo(ctx, trace), spans });
    }
    return traces.length === 0 ? {} : { traces };
  },
});

const asFile = (text: string): Response =>
  new Response(text, {
    headers: {
      ...HEADERS,
      'content-disposition': 'attachment; filename="traces.json"',
      'content-security-policy': 'sandbox',
    },
  });

/** What the web UI asks for: the spans themselves, since a browser may not follow to another host. */
const fileOf = (version: '' | 'V2') =>
  route({
    method: 'GET',
    path: '/get-trace-artifact',
    operationId: `getTraceArtifact${version}`,
    summary: 'The spans of a trace, or by a redirect one of its attachments.',
    access: reads('run', { jobs: true }),
    query: z.object({ request_id: filled(), path: z.string().default('') }),
    handle: async ({ ctx, query: { request_id: traceId, path } }) => {
      if (path !== '') {
        return moved(await signTraceFile(ctx, { traceId, path: `attachments/${path}` }));
      }
      const text = await readSpans(ctx, { traceId }).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'too_large') return 'too large';
        throw error;
      });
      if (text === undefined) throw notFound('artifact', { path: 'traces.json' });
      return text === 'too large' ? moved(await signTraceFile(ctx, { traceId })) : asFile(text);
    },
  });

export const spanRoutes: readonly Route[] = [get, batchGet, fileOf('')];
export const fileRoutesV2: readonly Route[] = [fileOf('V2')];

/** By these words clients stop to send each span as it ends; they upload all at the end. */
export const otlpRoute: Route = route({
  method: 'POST',
  path: '/v1/traces',
  operationId: 'exportSpans',
  summary: 'Spans one by one: not here, they are stored as a file at the end of their trace.',
  access: writes('run', { jobs: true }),
  handle: async () => {
    throw new AppError(
      'not_supported',
      'REST OTLP span logging is not supported: spans are uploaded when their trace ends.',
    );
  },
});
