export { changeArtifact } from './artifacts/change-artifact.ts';
export { type NewArtifact, registerArtifact } from './artifacts/register-artifact.ts';
export { claimJob } from './claim/claim.ts';
export { cancelJob } from './end/cancel.ts';
export { cancelJobOfRun } from './end/cancel-run-later.ts';
export { deleteJob } from './end/delete.ts';
export { finishJob } from './end/finish.ts';
export { releaseJob } from './end/lost.ts';
export { retryJob } from './end/retry.ts';
export { listExperimentMetrics, type MetricsOfJob } from './experiment-metrics.ts';
export type { Fence } from './fence.ts';
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
export { downloadLog } from './log/download-log.ts';
export { type FollowedLog, followLog } from './log/follow-log.ts';
export type { LogLine } from './log/log.items.ts';
export { appendLog, appendWorkerLog } from './log/log.ts';
export { LOG_SORTABLE, readLog } from './log/read-log.ts';
export { reportProgress } from './progress.ts';
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
  Progress,
  ReleaseRequest,
  RetireRequest,
  UploadAnswer,
  UploadDone,
  UploadRequest,
} from './protocol.ts';
export { countWaiting } from './queue/count-waiting.ts';
export { getJobLimit, MAX_LIMIT, setJobLimit } from './queue/limits.ts';
export { NUDGE_SECONDS } from './queue/send.ts';
export { type SweepReport, sweepJobs } from './queue/sweep.ts';
export { reportStatus, type StatusWord, setJobRun } from './status.ts';
export {
  MAX_ATTEMPTS,
  MAX_BACKOFF_SECONDS,
  MAX_DEPENDENCIES,
  MAX_EXIT_CODES,
} from './submit/bounds.ts';
export { MAX_TIMEOUT_SECONDS } from './submit/duration.ts';
export { bound, type JobWishes, storeJob } from './submit/store-job.ts';
export type { NewJob } from './submit/submit.ts';
export { submitJob } from './submit/submit-later.ts';
export {
  abortUpload,
  checkUpload,
  completeUpload,
  signUploadParts,
  signUploads,
} from './uploads/uploads.ts';
export { dropWorkerToken, retireWorker } from './workers/retire.ts';
export { createWorkerToken, type NewWorkerToken } from './workers/tokens.ts';
export {
  issueWorkerToken,
  listWorkerTokens,
  revokeWorkerToken,
  type WorkerToken,
} from './workers/worker-tokens.ts';
