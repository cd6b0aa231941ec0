import * as z from 'zod';
import {
  deleteJob,
  getJob,
  jobKind,
  listExperimentJobs,
  MAX_ATTEMPTS,
  MAX_BACKOFF_SECONDS,
  MAX_DEPENDENCIES,
  MAX_EXIT_CODES,
  reportStatus,
  submitJob,
} from '#domain/jobs/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import { text, verbatim } from '#kernel/strings.ts';
import { shapeOne } from '../resource-routes.ts';
import {
  besideOf,
  Description,
  Id,
  IdStatus,
  idStatus,
  pageAnswer,
  pageOf,
  pageRequest,
  SortQuery,
  sortedBy,
} from '../shapes.ts';
import { StatusAnswer } from './state-routes.ts';
import { JobAnswer, JobStatus, jobMount } from './wire.ts';

const Swaps = z
  .array(z.strictObject({ swap_name: text({ max: 10_000 }), task_alias: text({ max: 10_000 }) }))
  .max(128)
  .superRefine((swaps, ctx) => {
    const names = swaps.map((swap) => swap.swap_name);
    const again = new Set(names.filter((name, place) => names.indexOf(name) !== place));
    if (again.size === 0) return;
    const message = `Duplicate swap names are not allowed: ${[...again].sort().join(', ')}.`;
    ctx.addIssue({ code: 'custom', message });
  });

/** Our own, as are `queueTimeout` and `dependsOn`. */
const Retry = z.strictObject({
  attempts: z.int().min(1).max(MAX_ATTEMPTS).default(3),
  exitCodes: z.array(z.int().min(1).max(255)).max(MAX_EXIT_CODES).default([]),
  backoffSeconds: z.number().min(0).max(MAX_BACKOFF_SECONDS).default(10),
});

const NewJob = z.strictObject({
  description: Description,
  queue: Id,
  entrypoint: Id,
  values: z.record(text({ max: 500 }), verbatim({ max: 100_000 })).default({}),
  artifactValues: z
    .record(text({ max: 500 }), z.strictObject({ id: Id, snapshotId: Id }))
    .default({}),
  timeout: z.string().max(50).default('24h'),
  queueTimeout: z.string().max(50).optional(),
  retry: Retry.optional(),
  dependsOn: z.array(Id).max(MAX_DEPENDENCIES).default([]),
  entrypointSnapshot: z.nullable(Id).optional(),
  swaps: Swaps.default([]),
});

/** Jobs as children of their experiment: the only place where they are made and moved. */
export const experimentJobRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/experiments/{id:int}/jobs',
    operationId: 'listExperimentJobs',
    summary: 'A page of the jobs of an experiment.',
    access: reads('job'),
    query: SortQuery.extend(sortedBy(jobKind)),
    response: pageOf(JobAnswer),
    handle: async ({ ctx, params, query }) => {
      const page = await listExperimentJobs(ctx, params.id, pageRequest(query));
      const beside = await besideOf(ctx, page.rows);
      const rows = await jobMount.shape(ctx, page.rows, beside);
      const shaped = { rows, total: page.total };
      return pageAnswer(`experiments/${params.id}/jobs`, query, shaped, (row) => row);
    },
  }),
  route({
    method: 'POST',
    path: '/experiments/{id:int}/jobs',
    operationId: 'submitJob',
    summary: 'Submits a job of one of the entrypoints of the experiment.',
    access: writes('job'),
    body: NewJob,
    response: JobAnswer,
    handle: async ({ ctx, params, body }) => {
      const { entrypointSnapshot } = body;
      const job = await submitJob(ctx, {
        experimentId: params.id,
        entrypointId: body.entrypoint,
        queueId: body.queue,
        description: body.description,
        values: body.values,
        artifactValues: body.artifactValues,
        timeout: body.timeout,
        queueTimeout: body.queueTimeout,
        retry: body.retry,
        dependsOn: body.dependsOn,
        swaps: body.swaps.map((swap) => ({ swap: swap.swap_name, alias: swap.task_alias })),
        ...(entrypointSnapshot === undefined || entrypointSnapshot === null
          ? {}
          : { entrypointSnapshot }),
      });
      return shapeOne(jobMount, ctx, job);
    },
  }),
  route({
    method: 'GET',
    path: '/experiments/{id:int}/jobs/{jobId:int}',
    operationId: 'getExperimentJob',
    summary: 'A job of the experiment.',
    access: reads('job', { jobs: true }),
    response: JobAnswer,
    handle: async ({ ctx, params }) =>
      shapeOne(jobMount, ctx, await getJob(ctx, params.jobId, params.id)),
  }),
  route({
    method: 'DELETE',
    path: '/experiments/{id:int}/jobs/{jobId:int}',
    operationId: 'deleteExperimentJob',
    summary: 'Deletes a job; its worker is told to stop.',
    access: writes('job'),
    response: IdStatus,
    handle: async ({ ctx, params }) => {
      await deleteJob(ctx, { jobId: params.jobId, experimentId: params.id });
      return idStatus(params.jobId);
    },
  }),
  route({
    method: 'PUT',
    path: '/experiments/{id:int}/jobs/{jobId:int}/status',
    operationId: 'reportJobStatus',
    summary: 'Reports where the job stands, for workers outside the worker protocol.',
    access: writes('job', { jobs: true }),
    body: z.strictObject({ status: z.enum([...JobStatus.options, 'reset']) }),
    response: StatusAnswer,
    handle: async ({ ctx, params, body }) => {
      const job = await reportStatus(ctx, {
        experimentId: params.id,
        jobId: params.jobId,
        status: body.status,
      });
      return { id: job.id, status: job.data.status };
    },
  }),
];
