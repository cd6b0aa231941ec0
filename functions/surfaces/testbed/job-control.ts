import * as z from 'zod';
import {
  cancelJob,
  deleteJob,
  downloadLog,
  followLog,
  Progress,
  reportProgress,
  retryJob,
} from '#domain/jobs/index.ts';
import { workflowArchive } from '#domain/mlprojects/index.ts';
import { attachment } from '#http/attachment.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import { queryInteger } from '#kernel/strings.ts';
import { done } from './answers.ts';
import { JobAnswer, oneJob, requireJobId } from './job-wire.ts';
import { jobUuid, naiveTime } from './names.ts';

const MAX_LINES = 1_000;
const LogQuery = z.object({
  cursor: z.string().optional(),
  limit: queryInteger({ min: 1, max: MAX_LINES }).optional(),
});
const LogAnswer = z.object({
  lines: z.array(
    z.object({
      createdOn: z.string(),
      severity: z.string(),
      logger: z.string(),
      message: z.string(),
    }),
  ),
  cursor: z.string(),
  hasMore: z.boolean(),
  ended: z.boolean(),
});
const ProgressForm = z.object({
  fraction: z
    .union([
      z.number(),
      z
        .string()
        .regex(/^\d{0,3}(?:\.\d{1,18})?$/)
        .transform(Number),
    ])
    .pipe(Progress.shape.fraction),
  message: Progress.shape.message,
});
const ProgressAnswer = z.object({ jobId: z.string(), fraction: z.number(), message: z.string() });
const Deleted = z.object({ status: z.literal('Success'), id: z.array(z.string()) });

/** Ours: what the original has no words for. */
export const jobControlRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/job/{jobId}/cancel',
    operationId: 'cancelJob',
    summary:
      'Cancel a job: it never starts, or its worker stops it; it then is failed, as cancelled.',
    access: writes('job'),
    response: JobAnswer,
    handle: async ({ ctx, params }) =>
      oneJob(await cancelJob(ctx, { jobId: requireJobId(params.jobId) })),
  }),
  route({
    method: 'POST',
    path: '/job/{jobId}/retry',
    operationId: 'retryJob',
    summary: 'Queue a job again that failed, with all its attempts.',
    access: writes('job'),
    response: JobAnswer,
    handle: async ({ ctx, params }) =>
      oneJob(await retryJob(ctx, { jobId: requireJobId(params.jobId) })),
  }),
  route({
    method: 'PUT',
    path: '/job/{jobId}/progress',
    operationId: 'reportJobProgress',
    summary: 'How far a started job is, from 0 to 1, and what it is at.',
    access: writes('job', { jobs: true }),
    untraced: true,
    body: ProgressForm,
    response: ProgressAnswer,
    handle: async ({ ctx, params, body }) => {
      const { id } = await reportProgress(ctx, {
        jobId: requireJobId(params.jobId),
        progress: body,
      });
      return { jobId: jobUuid(id), ...body };
    },
  }),
  route({
    method: 'DELETE',
    path: '/job/{jobId}',
    operationId: 'deleteJob',
    summary: 'Delete a job; its worker is told to stop.',
    access: writes('job'),
    response: Deleted,
    handle: async ({ ctx, params }) => {
      const jobId = requireJobId(params.jobId);
      await deleteJob(ctx, { jobId });
      return done({ id: [jobUuid(jobId)] });
    },
  }),
  route({
    method: 'GET',
    path: '/job/{jobId}/log',
    operationId: 'followJobLog',
    summary: 'The lines behind a cursor, and a cursor for what comes next; cheap to ask often.',
    access: reads('job', { jobs: true }),
    query: LogQuery,
    response: LogAnswer,
    handle: async ({ ctx, params, query: { cursor, limit = MAX_LINES } }) => {
      const {
        lines,
        state: _,
        ...rest
      } = await followLog(ctx, requireJobId(params.jobId), {
        limit,
        ...(cursor === undefined ? {} : { cursor }),
      });
      const shown = lines.map(({ createdOn, ...line }) => ({
        ...line,
        createdOn: naiveTime(createdOn),
      }));
      return { lines: shown, ...rest };
    },
  }),
  route({
    method: 'GET',
    path: '/job/{jobId}/log/download',
    operationId: 'downloadJobLog',
    summary: 'The whole log as a text file.',
    access: reads('job', { jobs: true }),
    handle: async ({ ctx, params }) =>
      attachment(await downloadLog(ctx, requireJobId(params.jobId))),
  }),
  route({
    method: 'GET',
    path: '/job/{jobId}/workflow',
    operationId: 'downloadWorkflow',
    summary: 'The archive that the job runs.',
    access: reads('job', { jobs: true }),
    handle: async ({ ctx, params }) =>
      attachment(await workflowArchive(ctx, requireJobId(params.jobId))),
  }),
];
