import {
  groupList,
  type Kind,
  type Resource,
  resourceKeys,
  type Summary,
  unpackData,
} from '#domain/resources/index.ts';
import { type Context, type LeaseTimes, requirePermission } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';
import { pad } from '#kernel/keys.ts';
import type { Item } from '#kernel/table.ts';

/** What a snapshot of another resource is called in a job. */
export interface Bound {
  readonly id: number;
  readonly snapshot: number;
  readonly name: string;
}

export const JOB_STATES = ['queued', 'started', 'deferred', 'finished', 'failed'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** Whether a job has still to end, so that its state is not for long. */
export const isUnsettled = (state: JobState): boolean => state !== 'finished' && state !== 'failed';

/** What a job runs in the place of a swap. */
export interface ChosenSwap {
  readonly swap: string;
  readonly alias: string;
  readonly task: string;
  readonly fileSnapshotId: number;
}

/** How often a job is tried, and after which ends of its program. */
export interface RetryPolicy {
  /** In all, counting lost workers and exit codes that may be tried again. */
  readonly attempts: number;
  /** Of the job's program: with these it is tried again. */
  readonly exitCodes: readonly number[];
  /** Before the second attempt; doubled with each further one. */
  readonly backoffSeconds: number;
}

/** An archive with an MLproject file that a job runs in the place of an entrypoint's graph. */
export interface JobWorkflow {
  /** In the blob store, and the name that it was sent under. */
  readonly key: string;
  readonly filename: string;
  readonly size: number;
  /** The folder of the archive with the MLproject file; '' is the archive itself. */
  readonly root: string;
  /** The parameters as they were written; `values` holds them one by one. */
  readonly kwargs: string | null;
  readonly environment: 'local' | 'virtualenv';
  /** Plugins that its code may import, as they were when it was submitted. */
  readonly plugins: readonly Bound[];
}

/** What a job's snapshots hold. */
export interface JobData {
  readonly description: string;
  readonly experiment: Bound;
  /** Of a workflow the name of its entry point, without a resource: id and snapshot are 0. */
  readonly entrypoint: Bound;
  readonly workflow?: JobWorkflow;
  readonly queue: Bound;
  readonly values: { readonly [name: string]: string };
  readonly artifactValues: {
    readonly [name: string]: { readonly id: number; readonly snapshotId: number };
  };
  readonly timeout: string;
  /** How long it may wait in its queue; for ever when missing. */
  readonly queueTimeout?: string;
  readonly retry?: RetryPolicy;
  /** Jobs that must finish before it. */
  readonly dependsOn?: readonly number[];
  /** By the names of the swaps; missing where there are none. */
  readonly swaps?: readonly ChosenSwap[];
  readonly status: JobState;
  /** A word: why it failed. */
  readonly reason?: string;
}

/** What lives on the row only, beside the snapshots. */
export interface JobRow {
  readonly state: JobState;
  readonly submittedBy: number;
  readonly groupName: string;
  readonly pool: string;
  readonly external: boolean;
  readonly timeoutSeconds: number;
  /** Of its queue, when it was submitted; 0 when missing. Those with more go first within their group. */
  readonly priority?: number;
  /** Numbers of snapshots to come, taken with the first. */
  readonly spare?: readonly number[];
  /** Number of the newest attempt; 0 before the first. Fences every write of a worker. */
  readonly attempt: number;
  /** Attempts lost through no fault of the job's. */
  readonly lost: number;
  /** Attempts that ended with an exit code after which it is tried again. */
  readonly retried?: number;
  /** Queued, but not to be run before. */
  readonly notBefore?: number;
  /** Queued, and failed when nobody has started it by then. */
  readonly queueUntil?: number;
  /** Jobs that it depends on and that have not finished. */
  readonly pending?: number;
  /** Other jobs depend on it: its end is theirs to know. */
  readonly awaited?: boolean;
  /** Of those that its group may use at a time. */
  readonly slot?: number;
  /** Queued, but not to be run until somebody asks for it: what `reset` leaves. */
  readonly held?: boolean;
  readonly lease?: string;
  /** Names the call that claimed the attempt, so that a repeated call is recognised. */
  readonly claimedBy?: string;
  readonly leaseUntil?: number;
  readonly worker?: string;
  readonly tokenHash?: string;
  readonly runId?: string;
  /** The `runId` where it is of another server: here it is a name and nothing is kept under it. */
  readonly foreignRunId?: string;
  /** The run that a reset unlinked: its metrics stay those of the job until there is another. */
  readonly pastRunId?: string;
  readonly startedOn?: number;
  readonly endedOn?: number;
  /** The lease whose commit ended the job, so that a repeated commit is recognised. */
  readonly endedLease?: string;
  readonly message?: string;
  /** Since when the attempt that holds it is to stop, and who said so. */
  readonly cancelOn?: number;
  readonly cancelledBy?: string;
  readonly artifacts?: readonly number[];
  /** How far it is, as it said last. */
  readonly progress?: { readonly fraction: number; readonly message: string; readonly on: number };
  /** Of all its attempts together. */
  readonly usage?: { readonly cpuSeconds: number; readonly peakMemoryBytes: number };
  /** Milliseconds that workers held it, and what that cost in US dollars where the pool has a price. */
  readonly heldMs?: number;
  readonly cost?: number;
  /** When the sweeper must look at it: index key `gsi1sk`. */
  readonly dueOn?: number;
}

export type Job = Resource<JobData> & JobRow;

export const jobKind: Kind<JobData> = {
  type: 'job',
  keptWhenDeleted: false,
  changesBetweenRevisions: true,
  changing: ['status', 'reason'],
  unsettled: ({ data }) =>
    isUnsettled(data.status) ? ['status', 'createdOn', 'lastModifiedOn'] : [],
  besideRevision: (job) => [(job as Job).artifacts?.length ?? 0, (job as Job).progress?.on ?? 0],
  lists: (job) => [groupList(job), experimentJobs(job.data.experiment.id)],
  order: 'id',
  summary: ({ data }) => ({
    description: data.description,
    status: data.status,
    timeout: data.timeout,
    experiment: data.experiment.name,
    entrypoint: data.entrypoint.name,
    queue: data.queue.name,
  }),
  listed: (resource): Summary => {
    const { data, heldMs = 0, cost = null } = resource as Job;
    return isUnsettled(data.status) ? {} : { heldMs, cost };
  },
  searchable: ['description', 'status', 'timeout', 'tag'],
  searchableByName: ['experiment', 'entrypoint', 'queue'],
  sortable: {
    id: 'id',
    description: 'description',
    createdOn: 'createdOn',
    lastModifiedOn: 'lastModifiedOn',
    status: 'status',
    experiment: 'experiment',
    entrypoint: 'entrypoint',
    queue: 'queue',
  },
};

export const experimentJobs = (experimentId: number): string => `experiment:${experimentId}#job`;

const LEASE: LeaseTimes = { seconds: 30, heartbeatSeconds: 10 };
/** How long a lease lasts here. */
export const leaseTimes = (ctx: Pick<Context, 'settings'>): LeaseTimes =>
  ctx.settings.lease ?? LEASE;
/** Between SIGTERM and SIGKILL. */
export const GRACE_SECONDS = 30;
/** Index attributes of a job that the sweeper must look at then. */
export const due = (id: number, dueOn: number) => ({
  dueOn,
  gsi1pk: 'DUE',
  gsi1sk: `${pad(dueOn)}#${id}`,
});
export const NOT_DUE = ['dueOn', 'gsi1pk', 'gsi1sk'] as const;

export async function readJob(ctx: Pick<Context, 'blobs' | 'cache'>, item: Item): Promise<Job> {
  return { ...(item as unknown as Job), data: await unpackData<JobData>(ctx, item) };
}

/** The job by id, of this experiment if one is named. */
export async function getJob(ctx: Context, id: number, experimentId?: number): Promise<Job> {
  const lookup = {
    job_id: id,
    ...(experimentId === undefined ? {} : { experiment_id: experimentId }),
  };
  const item = await ctx.table.get(resourceKeys.current(id));
  if (item === undefined || item.type !== 'job' || item.deletedOn !== undefined) {
    throw notFound('job', lookup);
  }
  requirePermission(ctx, 'read', { groupId: item.groupId as number, entity: 'job', lookup });
  const job = await readJob(ctx, item);
  if (experimentId !== undefined && job.data.experiment.id !== experimentId) {
    throw notFound('job', lookup);
  }
  return job;
}

/** What people read of a job that was cancelled. */
export const cancelMessage = (job: Pick<Job, 'cancelledBy'>): string =>
  `The job was cancelled by ${job.cancelledBy ?? 'somebody'}.`;

/** Where the metrics of a job are kept. */
export function metricOwner(
  job: Pick<Job, 'id' | 'groupId' | 'runId' | 'foreignRunId' | 'pastRunId'>,
) {
  const runId = job.runId === undefined ? job.pastRunId : ownRunOf(job);
  return { groupId: job.groupId, jobId: job.id, ...(runId === undefined ? {} : { runId }) };
}

/** The tracking run of the job, when it is kept here. */
export const ownRunOf = (job: Pick<Job, 'runId' | 'foreignRunId'>): string | undefined =>
  job.runId === job.foreignRunId ? undefined : job.runId;

/** The target of permissions on a job; its own child may write it. */
export const jobTarget = (job: Pick<Job, 'id' | 'groupId'>) => ({
  groupId: job.groupId,
  entity: 'job',
  lookup: { job_id: job.id },
  jobId: job.id,
});
