import * as z from 'zod';
import type { Job, JobData, LogLine } from '#domain/jobs/index.ts';
import { JOB_STATES, jobKind } from '#domain/jobs/index.ts';
import { type Resource, shownRefs } from '#domain/resources/index.ts';
import type { ResourceMount } from '../resource-routes.ts';
import {
  BASE,
  groupRef,
  isoTime,
  Ref,
  ResourceFields,
  resourceFields,
  SnapshotRef,
} from '../shapes.ts';
import { snapshotRef } from '../snapshot-ref.ts';

export const JobStatus = z.enum(JOB_STATES);
export const ArtifactRef = z.object({
  id: z.int(),
  group: Ref,
  url: z.string(),
  deleted: z.boolean(),
});

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
  /** Our own: a word for why a job failed, and the number of its attempt. */
  reason: z.string().nullable(),
  attempt: z.int(),
});

const boundIds = ({ data }: Resource<JobData>): readonly number[] => [
  data.queue.id,
  data.experiment.id,
  data.entrypoint.id,
];

export const jobMount: ResourceMount<JobData> = {
  path: 'jobs',
  title: 'Job',
  scope: 'job',
  kind: jobKind,
  response: JobAnswer,
  jobs: true,
  shape: async (ctx, rows, names, versions) => {
    const refs = await shownRefs(ctx, rows.flatMap(boundIds));
    return rows.map((resource, index) => {
      const job = resource as Job;
      const { data, groupId } = job;
      return {
        ...resourceFields(ctx, names, job, versions?.[index]),
        description: data.description,
        queue: snapshotRef(ctx, 'queues', groupId, data.queue, refs),
        experiment: snapshotRef(ctx, 'experiments', groupId, data.experiment, refs),
        entrypoint: snapshotRef(ctx, 'entrypoints', groupId, data.entrypoint, refs),
        values: data.values,
        artifactValues: data.artifactValues,
        timeout: data.timeout,
        status: data.status,
        artifacts: (job.artifacts ?? []).map((id) => ({
          id,
          group: groupRef(ctx, groupId),
          url: `${BASE}/artifacts/${id}`,
          deleted: false,
        })),
        swaps: (data.swaps ?? []).map(({ swap, alias, task, fileSnapshotId }) => ({
          swapName: swap,
          taskAlias: alias,
          taskName: task,
          pluginFileResourceSnapshotId: fileSnapshotId,
        })),
        reason: data.reason ?? null,
        attempt: job.attempt,
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

const FROM_TEXT: { readonly [text: string]: number } = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
};

export const fromMetricValue = (value: z.output<typeof MetricValue>): number =>
  typeof value === 'number' ? value : (FROM_TEXT[value] ?? Number.NaN);

export function toMetricValue(value: number): number | string {
  if (Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return 'nan';
  return value > 0 ? 'inf' : '-inf';
}
