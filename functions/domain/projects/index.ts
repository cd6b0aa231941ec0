export { type CollectionName, collectionKeys, headWrite, type Row } from './collection.items.ts';
export {
  type Change,
  commitRows,
  findRow,
  listRows,
  lookedAt,
  newRow,
  readCollection,
  requireInProject,
  revised,
  versionOf,
} from './collection.ts';
export type { Project, ProjectSettings } from './project.items.ts';
export {
  changeProject,
  findProject,
  groupOfToken,
  projectOfToken,
  resetProjectToken,
} from './project.ts';
