export { createModelVersion } from './create-version.ts';
export { type Model, type ModelData, modelKind, modelVersionKind } from './model.ts';
export { changeModel, createModel } from './models.ts';
export {
  changeModelVersion,
  getModelVersion,
  listModelVersions,
  type ShownVersion,
} from './versions.ts';
