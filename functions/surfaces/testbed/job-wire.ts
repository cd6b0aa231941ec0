import * as z from 'zod';
import { JOB_STATES, type Job, jobKind } from '#domain/jobs/index.ts';
import { formatArguments } from '#domain/mlprojects/index.ts';
import { resourceTag } from '#domain/resources/index.ts';
import { tagged } from '#http/entity-tag.ts';
import { notFound } from '#kernel/errors.ts';
import { jobIdOf, jobUuid, naiveTime } from './names.ts';

export const JobAnswer = z.object({
  jobId: z.string(),
  mlflowRunId: z.nullable(z.string()),
  experimentId: z.int(),
  queueId: z.int(),
  createdOn: z.string(),
  lastModified: z.string(),
  timeout: z.string(),
  workflowUri: z.string(),
  entryPoint: z.string(),
  entryPointKwargs: z.nullable(z.string()),
  dependsOn: z.nullable(z.string()),
  status: z.enum(JOB_STATES),
  /** Ours: all that it depends on, why it failed as a word and as a sentence, and how far it is. */
  dependencies: z.array(z.string()),
  reason: z.nullable(z.string()),
  message: z.nullable(z.string()),
  attempt: z.int(),
  progress: z.nullable(z.object({ fraction: z.number(), message: z.string() })),
  resources: z.nullable(
    z.object({
      seconds: z.number(),
      cpuSeconds: z.nullable(z.number()),
      peakMemoryBytes: z.nullable(z.number()),
      estimatedCostUsd: z.nullable(z.number()),
    }),
  ),
});

/** Where what the job runs is: its archive, as the original names it, or the entrypoint of the v1 API. */
function workflowUri({ data }: Job): string {
  const { workflow, entrypoint } = data;
  return workflow === undefined
    ? `/api/v1/entrypoints/${entrypoint.id}/snapshots/${entrypoint.snapshot}`
    : `s3://workflow/${workflow.key.slice('workflows/'.length)}`;
}

function kwargsOf({ data }: Job): string | null {
  if (data.workflow !== undefined) return data.workflow.kwargs;
  const values = Object.entries(data.values);
  return values.length === 0 ? null : formatArguments(values);
}

/** Of a job that another made fail: the domain names that one by its number, which nobody knows here. */
function messageOf({ message, data }: Job): string | null {
  if (message === undefined || data.reason !== 'dependency_failed') return message ?? null;
  return message.replace(/^The job (\d+),/, (_, id: string) => `The job ${jobUuid(Number(id))},`);
}

export function toJob(job: Job): z.output<typeof JobAnswer> {
  const { data } = job;
  const dependencies = (data.dependsOn ?? []).map(jobUuid);
  return {
    jobId: jobUuid(job.id),
    mlflowRunId: job.runId ?? null,
    experimentId: data.experiment.id,
    queueId: data.queue.id,
    createdOn: naiveTime(job.createdOn),
    lastModified: naiveTime(job.snapshotOn),
    timeout: data.timeout,
    workflowUri: workflowUri(job),
    entryPoint: data.entrypoint.name,
    entryPointKwargs: kwargsOf(job),
    dependsOn: dependencies[0] ?? null,
    status: data.status,
    dependencies,
    reason: data.reason ?? null,
    message: messageOf(job),
    attempt: job.attempt,
    progress: job.progress
      ? { fraction: job.progress.fraction, message: job.progress.message }
      : null,
    resources:
      job.heldMs === undefined
        ? null
        : {
            seconds: job.heldMs / 1000,
            cpuSeconds: job.usage?.cpuSeconds ?? null,
            peakMemoryBytes: job.usage?.peakMemoryBytes ?? null,
            estimatedCostUsd: job.cost ?? null,
          },
  };
}

export const oneJob = (job: Job): object => tagged(toJob(job), resourceTag(jobKind, job));

/** The number in the path of a job. Throws `not_found`. */
export function requireJobId(jobId: string): number {
  const id = jobIdOf(jobId);
  if (id === undefined) throw notFound('job', { job_id: jobId });
  return id;
}
