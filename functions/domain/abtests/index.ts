export type { Cohort } from './cohorts/cohort.items.ts';
export { createExposureCohort } from './cohorts/create-exposure-cohort.ts';
export {
  analyseExperiment,
  type ExperimentExposures,
  type ExperimentResult,
  experimentExposures,
} from './experiments/analyse.ts';
export { fingerprintOf } from './experiments/analysis.ts';
export { archiveExperiment } from './experiments/archive.ts';
export { changeExperiment } from './experiments/change.ts';
export { copyToProject, inOtherProject } from './experiments/copy-to-project.ts';
export { createExperiment, type NewExperiment } from './experiments/create.ts';
export { detailsOf, type ExperimentDetails } from './experiments/details.ts';
export { duplicateExperiment } from './experiments/duplicate.ts';
export { eligibleFlags, type FlagOrder } from './experiments/eligible-flags.ts';
export { endExperiment, type Verdict } from './experiments/end.ts';
export {
  CONCLUSIONS,
  EXPERIMENT_TYPES,
  type Experiment,
  type ExperimentPlace,
  type ExperimentWishes,
} from './experiments/experiment.items.ts';
export { type Found, findExperiment } from './experiments/find.ts';
export { launchExperiment } from './experiments/launch.ts';
export { type ExperimentOrder, type ExperimentQuery, listExperiments } from './experiments/list.ts';
export { lacksEvaluations } from './experiments/metric-events.ts';
export { pauseExperiment } from './experiments/pause.ts';
export { requireFlagUnused } from './experiments/require-flag-unused.ts';
export { resetExperiment } from './experiments/reset.ts';
export { resumeExperiment } from './experiments/resume.ts';
export { shipVariant } from './experiments/ship-variant.ts';
export { experimentStats } from './experiments/stats.ts';
export { type ExperimentStatus, statusOf } from './experiments/status.ts';
export { experimentTimeseries, recalculateTimeseries } from './experiments/timeseries.ts';
export { unarchiveExperiment } from './experiments/unarchive.ts';
export { variantsOf } from './experiments/variants.ts';
export { changeHoldout } from './holdouts/change.ts';
export { createHoldout, type HoldoutWishes } from './holdouts/create.ts';
export { findHoldout } from './holdouts/find.ts';
export type { Holdout } from './holdouts/holdout.items.ts';
export { listHoldouts } from './holdouts/list.ts';
export { removeHoldout } from './holdouts/remove.ts';
export type { Recalculation } from './results/index.ts';
export { changeSavedMetric } from './saved-metrics/change.ts';
export { createSavedMetric, type SavedMetricWishes } from './saved-metrics/create.ts';
export { findSavedMetric } from './saved-metrics/find.ts';
export { listSavedMetrics } from './saved-metrics/list.ts';
export { removeSavedMetric } from './saved-metrics/remove.ts';
export type { SavedMetric } from './saved-metrics/saved-metric.items.ts';
