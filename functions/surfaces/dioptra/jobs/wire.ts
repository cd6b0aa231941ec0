import * as z from 'zod';
import type { Job, JobData, LogLine } from '#domain/jobs/index.ts';
import { deleteJob, JOB_STATES, jobKind } from '#domain/jobs/index.ts';
import { type Resource, shownRefs } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { ArtifactRef, artifactRef } from '../artifacts/wire.ts';
import type { ResourceMount } from '../resource-routes.ts';
import { BASE, isoTime, ResourceFields, resourceFields, SnapshotRef } from '../shapes.ts';
import { snapshotRef } from '../snapshot-ref.ts';

export const JobStatus = z.enum(JOB_STATES);

export const JobAnswer = ResourceFields.extend({
  description: z.string(),
  queue: SnapshotRef,
  experiment: SnapshotRef,
  entrypoint: SnapshotRef,
  values: z.record(z.string(), z.string()),
  artifactValues: z.record(z.string(), z.object({ id: z.int(), snapshotId: z.int() })),
  timeout: z.string(),
  status: JobStatus,
  artifacts: z.array(ArtifactRef),
  swaps: z.array(
    z.object({
      swapName: z.string(),
      taskAlias: z.string(),
      taskName: z.string(),
      pluginFileResourceSnapshotId: z.int(),
    }),
  ),
  /** Our own: a word for why a job failed, or `cancelling` while its worker stops it; and the number of its attempt. */
  reason: z.string().nullable(),
  attempt: z.int(),
  /** Our own: the sentence that goes with the reason. */
  message: z.string().nullable(),
  queueTimeout: z.string().nullable(),
  retry: z
    .object({ attempts: z.int(), exitCodes: z.array(z.int()), backoffSeconds: z.number() })
    .nullable(),
  dependsOn: z.array(z.int()),
  progress: z
    .object({ fraction: z.number(), message: z.string(), reportedOn: z.string() })
    .nullable(),
  /** What it used in all its attempts that a worker of ours has ended; the cost where its pool has a price. */
  resources: z
    .object({
      seconds: z.number(),
      cpuSeconds: z.number().nullable(),
      peakMemoryBytes: z.number().nullable(),
      estimatedCostUsd: z.number().nullable(),
    })
    .nullable(),
});

const boundIds = ({ data }: Resource<JobData>): readonly number[] =>
  [data.queue.id, data.experiment.id, data.entrypoint.id].filter((id) => id > 0);

type Refs = Parameters<typeof snapshotRef>[4];

/** What lies on the row alone says how things are now. */
const progressOf = ({ progress }: Job) =>
  progress === undefined
    ? null
    : {
        fraction: progress.fraction,
        message: progress.message,
        reportedOn: isoTime(progress.on),
      };

const resourcesOf = ({ heldMs, usage, cost }: Job) =>
  heldMs === undefined
    ? null
    : {
        seconds: heldMs / 1000,
        cpuSeconds: usage?.cpuSeconds ?? null,
        peakMemoryBytes: usage?.peakMemoryBytes ?? null,
        estimatedCostUsd: cost ?? null,
      };

/** A workflow has no entrypoint of its own: its reference has the name, and leads to the job. */
function entrypointRef(ctx: Context, { id, groupId, data }: Job, refs: Refs) {
  const ref = snapshotRef(ctx, 'entrypoints', groupId, data.entrypoint, refs);
  return data.workflow === undefined ? ref : { ...ref, url: `${BASE}/jobs/${id}` };
}

const isStopping = ({ state, cancelOn }: Job): boolean =>
  state === 'started' && cancelOn !== undefined;

export const jobMount: ResourceMount<JobData> = {
  path: 'jobs',
  title: 'Job',
  scope: 'job',
  kind: jobKind,
  response: JobAnswer,
  jobs: true,
  remove: (ctx, jobId) => deleteJob(ctx, { jobId }),
  shape: async (ctx, rows, beside, versions) => {
    const refs = await shownRefs(ctx, rows.flatMap(boundIds));
    return rows.map((resource, index) => {
      const job = resource as Job;
      const { data, groupId } = job;
      return {
        ...resourceFields(ctx, beside, job, versions?.[index]),
        description: data.description,
        queue: snapshotRef(ctx, 'queues', groupId, data.queue, refs),
        experiment: snapshotRef(ctx, 'experiments', groupId, data.experiment, refs),
        entrypoint: entrypointRef(ctx, job, refs),
        values: data.values,
        artifactValues: data.artifactValues,
        timeout: data.timeout,
        status: data.status,
        artifacts: (job.artifacts ?? []).map((id) => artifactRef(ctx, groupId, id)),
        swaps: (data.swaps ?? []).map(({ swap, alias, task, fileSnapshotId }) => ({
          swapName: swap,
          taskAlias: alias,
          taskName: task,
          pluginFileResourceSnapshotId: fileSnapshotId,
        })),
        reason: data.reason ?? (versions === undefined && isStopping(job) ? 'cancelling' : null),
        attempt: job.attempt,
        message: job.message ?? null,
        queueTimeout: data.queueTimeout ?? null,
        retry: data.retry ?? null,
        dependsOn: data.dependsOn ?? [],
        progress: progressOf(job),
        resources: resourcesOf(job),
      };
    });
  },
};

export const LogRecord = z.object({
  severity: z.string(),
  loggerName: z.string(),
  message: z.string(),
  createdOn: z.string(),
});

export const toLogRecord = (line: LogLine) => ({
  severity: line.severity,
  loggerName: line.logger,
  message: line.message,
  createdOn: isoTime(line.createdOn),
});

/** Numbers that JSON has no word for travel as text. */
export const MetricValue = z.union([z.number(), z.enum(['nan', 'inf', '-inf'])]);

const NAN = /^[+-]?nan$/i;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;
const DECIMAL = /^[+-]?(?:\d{1,400}(?:\.\d{0,400})?|\.\d{1,400})(?:e[+-]?\d{1,4})?$/i;

/** The three for the document, whose patterns know no flags. */
const WORDS = '[nN][aA][nN]|[iI][nN][fF](?:[iI][nN][iI][tT][yY])?';
const DIGITS = '(?:[0-9]{1,400}(?:[.][0-9]{0,400})?|[.][0-9]{1,400})(?:[eE][+-]?[0-9]{1,4})?';

/** The same as it comes in: Python's words for numbers in any spelling, and numbers as text. */
export const NewMetricValue = z.union([
  z.number(),
  z
    .string()
    .refine((text) => NAN.test(text) || INFINITE.test(text) || DECIMAL.test(text), {
      error: 'Not a valid number.',
    })
    .meta({ pattern: `^[+-]?(?:${WORDS}|${DIGITS})$` }),
]);

export function fromMetricValue(value: z.output<typeof NewMetricValue>): number {
  if (typeof value === 'number' || DECIMAL.test(value)) return Number(value);
  const [, sign] = INFINITE.exec(value) ?? [];
  if (sign === undefined) return Number.NaN;
  return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

export function toMetricValue(value: number): number | string {
  if (Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return 'nan';
  return value > 0 ? 'inf' : '-inf';
}
