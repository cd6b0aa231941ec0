export {
  deleteLoggedModel,
  deleteLoggedModelTag,
  finalizeLoggedModel,
  setLoggedModelTags,
} from './change.ts';
export { createLoggedModel } from './create.ts';
export { logReported, logReportedMetric } from './metrics.ts';
export { logLoggedModelParams } from './params.ts';
export { modelFiles, purgeLoggedModels } from './purge.ts';
export { recordModel } from './record-model.ts';
export type {
  LoggedModelDetail,
  ModelMetric,
  ModelStatus,
} from './schemas.ts';
export { getLoggedModel, modelArtifactUri, modelHome } from './scope.ts';
export { searchLoggedModels } from './search-later.ts';
