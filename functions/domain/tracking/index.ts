export {
  abortArtifactUpload,
  completeArtifactUpload,
  startArtifactUpload,
} from './artifact-uploads.ts';
export { artifactRootOf, artifactUri } from './artifact-uri.ts';
export {
  type ArtifactEntry,
  type ArtifactFile,
  type ArtifactHome,
  type ArtifactPage,
  artifactKey,
  directoryBundleKey,
  listArtifacts,
  putArtifact,
  removeArtifacts,
  removeBlobs,
  requireArtifactPath,
  runFiles,
  SIGNED_SECONDS,
  signArtifactDownload,
  signArtifactUpload,
  signStoredArtifact,
} from './artifacts.ts';
export {
  deleteExperiment,
  renameExperiment,
  restoreExperiment,
} from './experiments/change-experiment.ts';
export {
  defaultExperimentOf,
  experimentIdOf,
  experimentLookup,
  experimentText,
  findHomeGroup,
  homeGroup,
  ownExperimentText,
} from './experiments/experiment-ids.ts';
export { forgetExperiment } from './experiments/experiment-state.ts';
export {
  clearExperimentTags,
  deleteExperimentTag,
  setExperimentTag,
} from './experiments/experiment-tags.ts';
export {
  createTrackedExperiment,
  findTrackedExperiment,
  getTrackedExperiment,
  readTracked,
  type VersionedExperiment,
} from './experiments/experiments.ts';
export { searchExperiments } from './experiments/search/search-experiments.ts';
export { type TrackedExperiment, trackedTag } from './experiments/tracked.ts';
export { beat } from './heartbeat.ts';
export { metricHistory, sampleHistory } from './history.ts';
export { datasetFiles } from './inputs/dataset-content.ts';
export {
  type DatasetInput,
  logInputs,
  logOutputs,
} from './inputs/log-inputs.ts';
export { type DatasetUse, searchDatasets } from './inputs/search-datasets.ts';
export {
  type JobMetric,
  jobMetricHistory,
  latestJobMetrics,
  logJobMetric,
  type MetricOwner,
} from './job-metrics.ts';
export { endRunWrites, hasRun, linkJobWrites, type NewJobRun, newRunWrites } from './job-runs.ts';
export { hasLockedRuns, lockRun, unlockRun } from './lock.ts';
export { type Batch, logBatch } from './log-batch.ts';
export { logMetrics } from './metrics.ts';
export {
  historyPlace,
  MAX_INT64,
  MIN_INT64,
  orderedDouble,
  type Point,
  readHistoryPlace,
} from './ordered.ts';
export { logParams } from './params.ts';
export { purgeRun, purgeRunsOf, purgeSide } from './removal/purge.ts';
export { removalKeys, removalOf } from './removal/removal.items.ts';
export { removeRun } from './removal/remove-run.ts';
export { markRetained, type Retained, retainedExperiments } from './removal/retained.ts';
export { entriesOf, type NamedPoint, pairs, paramPages } from './run.items.ts';
export { latestOf, type RunDetail, type UsedDataset } from './run-detail.ts';
export { seenEvenUnanswered } from './run-index/lagging.ts';
export { runIdsOf } from './run-index/run-ids.ts';
export { sweepRuns } from './run-index/sweep-runs.ts';
export { runName } from './run-name.ts';
export { createRun, deleteRun, getRun, type NewRun, restoreRun, updateRun } from './runs.ts';
export {
  checkedTag,
  cut,
  type Entry,
  invalidValue,
  isKey as isRunKey,
  MAX_KEY as MAX_RUN_KEY,
  MAX_RUN_TIME,
  RUN_STATUSES,
  type Run,
  type RunStatus,
  requireKey,
} from './schemas.ts';
export { activeExperiment, experimentScope, requireUnlocked, runScope, targetOf } from './scope.ts';
export type { RunPage } from './search/search-runs.ts';
export { type RunView, searchedExperiments } from './search/shelves.ts';
export { searchRuns } from './search-later.ts';
export type { Axis } from './series/columns.ts';
export { LEAST_SAMPLE } from './series/extremes.ts';
export { type MetricSeries, metricSeries } from './series/metric-series.ts';
export { sweepSilentRuns } from './sweep-silent.ts';
export { deleteTag, setTags } from './tags.ts';
