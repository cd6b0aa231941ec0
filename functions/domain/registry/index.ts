export { deleteAlias, getVersionByAlias, setAlias } from './aliases.ts';
export { createRegisteredVersion, type NewVersion } from './create-version.ts';
export { type VersionFiles, versionFiles, versionLocation } from './files.ts';
export {
  createRegisteredModel,
  deleteRegisteredModel,
  getRegisteredModel,
  renameRegisteredModel,
  updateRegisteredModel,
} from './models.ts';
export { purgeModels } from './purge.ts';
export type { ModelVersion, RegisteredModel } from './schemas.ts';
export type { SearchPage, SearchRequest } from './search.ts';
export { searchRegisteredModels } from './search-models.ts';
export { searchModelVersions } from './search-versions.ts';
export { latestVersions, transitionStage } from './stages.ts';
export { deleteModelTag, deleteVersionTag, setModelTag, setVersionTag } from './tags.ts';
export { deleteModelVersion, getModelVersion, updateModelVersion } from './versions.ts';
