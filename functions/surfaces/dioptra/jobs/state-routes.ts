import * as z from 'zod';
import { getJob, setJobRun } from '#domain/jobs/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import { belowExperiment, byItself, type Place } from './place.ts';
import { JobStatus } from './wire.ts';

export const StatusAnswer = z.object({ id: z.int(), status: JobStatus });
const RunAnswer = z.object({ mlflowRunId: z.nullable(z.string()) });
const RUN_ID = /^(?:-{0,2}[0-9A-Fa-f]){32}-{0,2}$/;
/** A run's id, kept as it is stored: 32 hex digits, whatever dashes it came with. */
const RunBody = z.strictObject({
  mlflowRunId: z
    .string()
    .regex(RUN_ID, 'Not a valid UUID.')
    .transform((id) => id.toLowerCase().replaceAll('-', '')),
});

const routesAt = ({ path, title, named }: Place): readonly Route[] => [
  route({
    method: 'GET',
    path: `${path}/status`,
    operationId: `get${title}Status`,
    summary: 'Where the job stands.',
    access: reads('job', { jobs: true }),
    response: StatusAnswer,
    handle: async ({ ctx, params }) => {
      const { jobId, experimentId } = named(params as never);
      const job = await getJob(ctx, jobId, experimentId);
      return { id: job.id, status: job.data.status };
    },
  }),
  route({
    method: 'GET',
    path: `${path}/mlflowRun`,
    operationId: `get${title}Run`,
    summary: 'The tracking run of the job.',
    access: reads('job', { jobs: true }),
    response: RunAnswer,
    handle: async ({ ctx, params }) => {
      const { jobId, experimentId } = named(params as never);
      return { mlflowRunId: (await getJob(ctx, jobId, experimentId)).runId ?? null };
    },
  }),
  route({
    method: 'POST',
    path: `${path}/mlflowRun`,
    operationId: `set${title}Run`,
    summary: 'Links the tracking run of the job, once.',
    access: writes('job', { jobs: true }),
    body: RunBody,
    response: RunAnswer,
    handle: async ({ ctx, params, body }) => {
      const runId = body.mlflowRunId;
      await setJobRun(ctx, { ...named(params as never), runId });
      return { mlflowRunId: runId };
    },
  }),
];

export const stateRoutes: readonly Route[] = [...routesAt(byItself), ...routesAt(belowExperiment)];
