import * as z from 'zod';
import { verbatim } from '#kernel/strings.ts';
import { ArtifactPath, Fence, Sha256 } from './protocol-uploads.ts';

export * from './protocol-uploads.ts';

/**
 * The contract between the API and whoever runs jobs, version 1, over HTTPS under
 * `/api/worker/v1`, with `Authorization: Bearer <worker token>`. Every call about a claimed
 * job carries `attempt` and `lease`; once another attempt holds the job, or the lease ended,
 * they are answered 409 and the worker must stop and discard. All calls may be repeated.
 */

/** Body of the message that wakes a worker up. Fields added later must be optional. */
export const RunJob = z.object({
  version: z.literal(1),
  jobId: z.int().positive(),
  attempt: z.int().positive(),
});
export type RunJob = z.infer<typeof RunJob>;

export const LogSeverity = z.enum(['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL']);
export type LogSeverity = z.infer<typeof LogSeverity>;

/** Most characters of one log line; longer lines are split by whoever sends them. */
export const MAX_LOG_MESSAGE = 8_000;
/** Most lines in one call. */
export const MAX_LOG_LINES = 500;

/** POST /claim: with `jobId` and `attempt` of a message, or without them the next job of the pool. */
export const ClaimRequest = z.strictObject({
  pool: z.string().min(1).max(100),
  worker: z.string().min(1).max(200),
  jobId: z.int().positive().optional(),
  attempt: z.int().positive().optional(),
  /** Another job of the pool is as welcome: a message tells that something waits, not whose turn it is. */
  orAnother: z.boolean().default(false),
  /** Names the call: repeated because its answer got lost, it gets the same attempt. */
  call: z.string().min(1).max(100).optional(),
  /** How long the call may wait for a job, in seconds; the API may answer earlier. */
  waitSeconds: z.int().min(0).max(20).default(0),
});
export type ClaimRequest = z.infer<typeof ClaimRequest>;

const TaskOutput = z.object({ name: z.string(), type: z.string() });

/** An artifact that the job reads. Paths are routes of the API, fetched with the job token. */
export const ArtifactInput = z.object({
  artifactId: z.int(),
  artifactSnapshotId: z.int(),
  fileName: z.string(),
  isDir: z.boolean(),
  contentsPath: z.string(),
  pluginBundlePath: z.string(),
  pluginName: z.string(),
  taskFile: z.string(),
  taskName: z.string(),
  outputs: z.array(TaskOutput),
});
export type ArtifactInput = z.infer<typeof ArtifactInput>;

const ANY_CLAIM = {
  jobId: z.int(),
  attempt: z.int(),
  lease: z.string(),
  /** The lease ends so many seconds after each heartbeat unless renewed. */
  leaseSeconds: z.number(),
  heartbeatSeconds: z.number(),
  /** From the claim on; then SIGTERM, `graceSeconds`, SIGKILL. */
  timeoutSeconds: z.number(),
  graceSeconds: z.number(),
  groupId: z.int(),
  experimentId: z.int(),
  experimentName: z.string(),
  entrypointName: z.string(),
  runId: z.string(),
  /** Credentials of the child, good for this attempt only: Bearer, or Basic and login as this user. */
  username: z.string(),
  jobToken: z.string(),
};

/** The graph of an entrypoint, for Dioptra's task engine. */
export const DioptraClaim = z.object({
  ...ANY_CLAIM,
  runtime: z.literal('dioptra'),
  /** The engine document, and the typed parameters by name: both JSON text, which keeps `1.0` and long integers as they are. */
  config: z.string(),
  parameters: z.string(),
  /** Routes of the tar.gz bundles; `null` where there are no artifact plugins. */
  pluginsBundlePath: z.string(),
  artifactPluginsBundlePath: z.nullable(z.string()),
  /** By the name of the artifact output: who serialises it. */
  artifactTasks: z.record(
    z.string(),
    z.object({ task: z.string(), pluginSnapshotId: z.int(), taskId: z.int() }),
  ),
  artifactInputs: z.record(z.string(), ArtifactInput),
});
export type DioptraClaim = z.infer<typeof DioptraClaim>;

/** An entry point of an archive with an MLproject file, for `mlflow.projects`. */
export const MlprojectClaim = z.object({
  ...ANY_CLAIM,
  runtime: z.literal('mlproject'),
  /** Route of the archive, and its size in bytes. */
  workflowPath: z.string(),
  workflowBytes: z.int(),
  /** Where the MLproject file is in it; '' is the archive itself. */
  projectRoot: z.string(),
  parameters: z.record(z.string(), z.string()),
  environment: z.enum(['local', 'virtualenv']),
  /** Route of the tar.gz bundle of plugins; `null` where there are none. */
  pluginsBundlePath: z.nullable(z.string()),
});
export type MlprojectClaim = z.infer<typeof MlprojectClaim>;

export const JobClaim = z.discriminatedUnion('runtime', [DioptraClaim, MlprojectClaim]);
export type JobClaim = z.infer<typeof JobClaim>;

export const ClaimAnswer = z.object({
  claim: z.nullable(JobClaim),
  /** Where no call waits: whoever got nothing asks again after at most so long. */
  pauseSeconds: z.number().positive().max(300).optional(),
  /** The pool is no external one: its jobs come by messages, and who only asks gets none. */
  byMessages: z.literal(true).optional(),
});
export type ClaimAnswer = z.infer<typeof ClaimAnswer>;

/** How far a job is, by its own account. */
export const Progress = z.strictObject({
  fraction: z.number().min(0).max(1),
  message: verbatim({ max: 500 }).default(''),
});
export type Progress = z.infer<typeof Progress>;

/** What the job's program and all its children used. */
export const Usage = z.strictObject({
  cpuSeconds: z.number().nonnegative().max(1e12),
  peakMemoryBytes: z.int().nonnegative(),
});
export type Usage = z.infer<typeof Usage>;

/** POST /jobs/{jobId}/heartbeat */
export const HeartbeatRequest = z.strictObject({ ...Fence, progress: Progress.optional() });
export type HeartbeatRequest = z.infer<typeof HeartbeatRequest>;
export const HeartbeatAnswer = z.object({ leaseSeconds: z.number(), cancel: z.boolean() });
export type HeartbeatAnswer = z.infer<typeof HeartbeatAnswer>;

export const WorkerLogLine = z.strictObject({
  severity: LogSeverity,
  logger: z.string().max(500),
  message: z.string().max(MAX_LOG_MESSAGE),
  /** Milliseconds since the epoch, by the worker's clock. */
  time: z.int().nonnegative().max(8_640_000_000_000_000),
});
export type WorkerLogLine = z.infer<typeof WorkerLogLine>;

/**
 * POST /jobs/{jobId}/log: lines `first`, `first + 1`, … of the attempt, counted from 0. Lines
 * that were stored before are ignored; a gap is refused (409, `next` in the detail).
 */
export const LogRequest = z.strictObject({
  ...Fence,
  first: z.int().nonnegative(),
  lines: z.array(WorkerLogLine).min(1).max(MAX_LOG_LINES),
});
export type LogRequest = z.infer<typeof LogRequest>;
/** The number of the first line that is not stored yet. */
export const LogAnswer = z.object({ next: z.int() });
export type LogAnswer = z.infer<typeof LogAnswer>;

export const FinishedArtifact = z.strictObject({
  /** Name of the artifact output. */
  name: z.string().min(1).max(300),
  /** Below the run's artifacts: the file, or the folder of all its files. */
  path: ArtifactPath,
  isDir: z.boolean(),
  /** Bytes in all; checked against what was uploaded. */
  size: z.int().nonnegative(),
  /** Of a file that was stored in one PUT with its checksum; checked likewise. */
  sha256: Sha256.optional(),
  /** Of a directory that was also stored as one archive. */
  bundle: z.strictObject({ size: z.int().nonnegative(), sha256: Sha256.optional() }).optional(),
  pluginSnapshotId: z.int().positive(),
  taskId: z.int().positive(),
});
export type FinishedArtifact = z.infer<typeof FinishedArtifact>;

/** Most artifact outputs of one job: they are committed in one transaction. A directory is one. */
export const MAX_ARTIFACTS = 16;
/** Most files of a directory that a job stores as an artifact. */
export const MAX_DIRECTORY_FILES = 10_000;

/** POST /jobs/{jobId}/finish: the one fenced commit of an attempt. */
export const FinishRequest = z.strictObject({
  ...Fence,
  outcome: z.enum(['finished', 'failed']),
  /** A word for programs: `task_failed`, `timeout`, `cancelled`, `runtime_error`. */
  reason: z.string().max(100).optional(),
  /** A sentence for people. */
  message: z.string().max(2_000).optional(),
  artifacts: z.array(FinishedArtifact).max(MAX_ARTIFACTS).default([]),
  /** Of the job's program, where it failed; 128 and the signal's number where one ended it. */
  exitCode: z.int().min(0).max(255).optional(),
  usage: Usage.optional(),
  /** What no heartbeat has passed on: the last word of a job that ends between two of them. */
  progress: Progress.optional(),
});
export type FinishRequest = z.infer<typeof FinishRequest>;

/** POST /jobs/{jobId}/release: the worker must stop; the job is queued again, at no charge. */
export const ReleaseRequest = z.strictObject({ ...Fence });
export type ReleaseRequest = z.infer<typeof ReleaseRequest>;

/** POST /retire: the worker ends; a token that was made for it alone is good no longer. */
export const RetireRequest = z.strictObject({});
export type RetireRequest = z.infer<typeof RetireRequest>;
