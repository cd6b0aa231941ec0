import * as z from 'zod';
import { appendLog, LogSeverity, readLog } from '#domain/jobs/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import { verbatim } from '#kernel/strings.ts';
import { pageAnswer, pageOf, pageRequest, SortQuery } from '../shapes.ts';
import { LogRecord, toLogRecord } from './wire.ts';

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
    query: SortQuery.extend({ severity: Severities }),
    response: pageOf(LogRecord),
    handle: async ({ ctx, params, query }) => {
      const severities = asList(query.severity);
      const page = await readLog(ctx, params.id, { ...pageRequest(query), severities });
      return pageAnswer(`jobs/${params.id}/log`, query, page, toLogRecord);
    },
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
