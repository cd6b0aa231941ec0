import * as z from 'zod';
import {
  appendLog,
  downloadLog,
  followLog,
  LOG_SORTABLE,
  LogSeverity,
  readLog,
} from '#domain/jobs/index.ts';
import { attachment } from '#http/attachment.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import { queryInteger, verbatim } from '#kernel/strings.ts';
import { MAX_PAGE, pageAnswer, pageOf, pageRequest, SortQuery, sortedBy } from '../shapes.ts';
import { JobStatus, LogRecord, toLogRecord } from './wire.ts';

const MAX_RECORDS = 1_000;

const NewLog = z.strictObject({
  data: z
    .array(
      z.strictObject({
        severity: LogSeverity,
        loggerName: verbatim({ max: 500 }),
        message: verbatim({ max: 100_000 }),
      }),
    )
    .min(1)
    .max(MAX_RECORDS),
});
const FollowQuery = z.object({
  cursor: z.string().optional(),
  pageLength: queryInteger({ min: 1, max: MAX_PAGE }).optional(),
});
const FollowAnswer = z.object({
  data: z.array(LogRecord),
  cursor: z.string(),
  hasMore: z.boolean(),
  status: JobStatus,
  ended: z.boolean(),
});
const Severities = z.union([LogSeverity, z.array(LogSeverity)]).optional();

const asList = (severity: z.output<typeof Severities>): readonly string[] =>
  severity === undefined ? [] : [severity].flat();

export const logRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/jobs/{id:int}/log',
    operationId: 'listJobLog',
    summary: 'A page of the log, in the order in which its lines arrived.',
    access: reads('job', { jobs: true }),
    query: SortQuery.extend({ ...sortedBy({ sortable: LOG_SORTABLE }), severity: Severities }),
    response: pageOf(LogRecord),
    handle: async ({ ctx, params, query }) => {
      const severities = asList(query.severity);
      const page = await readLog(ctx, params.id, { ...pageRequest(query), severities });
      return pageAnswer(`jobs/${params.id}/log`, query, page, toLogRecord, {
        filters: severities.map((severity) => ['severity', severity]),
      });
    },
  }),
  route({
    method: 'GET',
    path: '/jobs/{id:int}/log/follow',
    operationId: 'followJobLog',
    summary: 'The lines behind a cursor, and a cursor for what comes next; cheap to ask often.',
    access: reads('job', { jobs: true }),
    query: FollowQuery,
    response: FollowAnswer,
    handle: async ({ ctx, params, query: { cursor, pageLength } }) => {
      const { lines, state, ...rest } = await followLog(ctx, params.id, {
        limit: pageLength ?? MAX_PAGE,
        ...(cursor === undefined ? {} : { cursor }),
      });
      return { data: lines.map(toLogRecord), status: state, ...rest };
    },
  }),
  route({
    method: 'GET',
    path: '/jobs/{id:int}/log/download',
    operationId: 'downloadJobLog',
    summary:
      'The whole log as a text file: a line has time, severity, logger and message, with tabs between.',
    access: reads('job', { jobs: true }),
    handle: async ({ ctx, params }) => attachment(await downloadLog(ctx, params.id)),
  }),
  route({
    method: 'POST',
    path: '/jobs/{id:int}/log',
    operationId: 'appendJobLog',
    summary: 'Appends to the log, of a job that ended too.',
    access: writes('job', { jobs: true }),
    untraced: true,
    body: NewLog,
    response: z.array(LogRecord),
    handle: async ({ ctx, params, body }) => {
      const lines = body.data.map(({ severity, loggerName, message }) => ({
        severity,
        logger: loggerName,
        message,
      }));
      return (await appendLog(ctx, params.id, lines)).map(toLogRecord);
    },
  }),
];
