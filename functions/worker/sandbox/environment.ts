import type { JobClaim } from '#domain/jobs/protocol.ts';
import type { JobDirs } from '../work-dir.ts';

/** Below this size MLflow's client sends a file in one request; a gateway takes 10 MB at most. */
const MLFLOW_MULTIPART_FROM = 4 * 1024 * 1024;

export interface ChildSurroundings {
  readonly apiUrl: string;
  /** Where programs are looked up. */
  readonly path: string;
  readonly lang?: string;
}

/**
 * The child's whole environment, built from nothing: what is not named here, such as the
 * consumer's own token or a cloud's credentials, cannot leak into a job.
 */
export const childEnvironment = (
  claim: JobClaim,
  dirs: JobDirs,
  { apiUrl, path, lang = 'C.UTF-8' }: ChildSurroundings,
): Record<string, string> => ({
  PATH: path,
  LANG: lang,
  HOME: dirs.root,
  TMPDIR: dirs.tmp,
  PYTHONUNBUFFERED: '1',
  PYTHONDONTWRITEBYTECODE: '1',
  __JOB_ID: String(claim.jobId),
  DIOPTRA_API: apiUrl,
  DIOPTRA_WORKER_USERNAME: claim.username,
  DIOPTRA_WORKER_PASSWORD: claim.jobToken,
  MLFLOW_TRACKING_URI: apiUrl,
  MLFLOW_TRACKING_TOKEN: claim.jobToken,
  MLFLOW_RUN_ID: claim.runId,
  MLFLOW_EXPERIMENT_ID: String(claim.experimentId),
  MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE: String(MLFLOW_MULTIPART_FROM),
});
