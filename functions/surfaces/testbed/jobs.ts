import * as z from 'zod';
import { experimentKind } from '#domain/experiments/index.ts';
import { getJob, type Job, jobKind } from '#domain/jobs/index.ts';
import { startWorkflowUpload, submitWorkflow } from '#domain/mlprojects/index.ts';
import { queueKind } from '#domain/queues/index.ts';
import { homeGroup } from '#domain/tracking/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import { type Context, withinGroup } from '#kernel/context.ts';
import { wholeList } from './answers.ts';
import { FORM, Form, UploadForm, wishesIn } from './job-form.ts';
import { JobAnswer, oneJob, requireJobId, toJob } from './job-wire.ts';
import { findByName, listAll } from './lookup.ts';

const UploadAnswer = z.object({
  workflowUpload: z.string(),
  method: z.literal('PUT'),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
});

const findJob = (ctx: Context, { jobId }: { readonly jobId: string }): Promise<Job> =>
  getJob(ctx, requireJobId(jobId));

export const jobRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/job',
    operationId: 'listJobs',
    summary: 'All jobs.',
    access: reads('job', { jobs: true }),
    response: z.array(JobAnswer),
    handle: async ({ ctx, request }) =>
      wholeList(ctx, request, ((await listAll(ctx, jobKind)) as readonly Job[]).map(toJob)),
  }),
  route({
    method: 'POST',
    path: '/job',
    operationId: 'submitJob',
    summary: 'Submit a job: an entry point of an archive with an MLproject file.',
    access: writes('job'),
    form: FORM,
    body: Form,
    response: JobAnswer,
    handle: async ({ ctx, body }) => {
      const experiment = await findByName(ctx, experimentKind, body.experiment_name);
      // Other groups of the caller may have queues of the same name.
      const own = withinGroup(ctx, experiment.groupId);
      const queue = await findByName(own, queueKind, body.queue);
      const named = { experimentId: experiment.id, queueId: queue.id };
      return oneJob(await submitWorkflow(ctx, { ...wishesIn(body), ...named }));
    },
  }),
  route({
    method: 'POST',
    path: '/job/workflowUpload',
    operationId: 'uploadWorkflow',
    summary: 'Where to PUT an archive that is too large for the form; jobs then name the upload.',
    access: writes('job'),
    body: UploadForm,
    response: UploadAnswer,
    handle: async ({ ctx, body }) => {
      const { filename, size, sha256 } = body;
      const input = { groupId: homeGroup(ctx), filename, size };
      const { upload, put } = await startWorkflowUpload(
        ctx,
        sha256 === undefined ? input : { ...input, sha256 },
      );
      return { workflowUpload: upload.id, method: 'PUT', ...put };
    },
  }),
  route({
    method: 'GET',
    path: '/job/{jobId}',
    operationId: 'getJob',
    summary: 'One job.',
    access: reads('job', { jobs: true }),
    response: JobAnswer,
    handle: async ({ ctx, params }) => oneJob(await findJob(ctx, params)),
  }),
];
