export { cancelJob } from './cancel.ts';
export { changeArtifact } from './change-artifact.ts';
export { claimJob } from './claim.ts';
export { listExperimentMetrics, type MetricsOfJob } from './experiment-metrics.ts';
export type { Fence } from './fence.ts';
export { finishJob } from './finish.ts';
export { type FollowedLog, followLog } from './follow-log.ts';
export { renewLease } from './heartbeat.ts';
export {
  type Bound,
  getJob,
  JOB_STATES,
  type Job,
  type JobData,
  type JobState,
  jobKind,
  metricOwner,
} from './job.ts';
export { jobArtifactParameters, jobConfig, jobParameters } from './job-details.ts';
export { listExperimentJobs } from './list-jobs.ts';
export type { LogLine } from './log.items.ts';
export { appendLog, appendWorkerLog } from './log.ts';
export {
  AbortRequest,
  CheckRequest,
  ClaimAnswer,
  ClaimRequest,
  CompleteRequest,
  FinishRequest,
  HeartbeatAnswer,
  HeartbeatRequest,
  LogAnswer,
  LogRequest,
  LogSeverity,
  PartsAnswer,
  PartsRequest,
  ReleaseRequest,
  RetireRequest,
  UploadAnswer,
  UploadDone,
  UploadRequest,
} from './protocol.ts';
export { LOG_SORTABLE, readLog } from './read-log.ts';
export { type NewArtifact, registerArtifact } from './register-artifact.ts';
export { releaseJob } from './requeue.ts';
export { dropWorkerToken, retireWorker } from './retire.ts';
export { NUDGE_SECONDS } from './send.ts';
export { reportStatus, type StatusWord, setJobRun } from './status.ts';
export type { NewJob } from './submit.ts';
export { submitJob } from './submit-later.ts';
export { type SweepReport, sweepJobs } from './sweep.ts';
export { MAX_TIMEOUT_SECONDS } from './timeout.ts';
export { createWorkerToken, type NewWorkerToken } from './tokens.ts';
export {
  abortUpload,
  checkUpload,
  completeUpload,
  signUploadParts,
  signUploads,
} from './uploads.ts';
export {
  issueWorkerToken,
  listWorkerTokens,
  revokeWorkerToken,
  type WorkerToken,
} from './worker-tokens.ts';
