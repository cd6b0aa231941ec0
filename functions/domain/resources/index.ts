export { foldList } from './list/index.ts';
export {
  getSnapshot,
  type ListRequest,
  listResources,
  listSnapshots,
  type PageRequest,
  type ResourcePage,
  sortField,
} from './reads.ts';
export { type Referred, readRefs } from './refs.ts';
export { readCurrent, readSnapshot, resourceKeys } from './resource.items.ts';
export {
  groupList,
  type Kind,
  type Links,
  type Resource,
  type ResourceType,
  type Snapshot,
  summaryText,
} from './resource.ts';
export {
  changeResource,
  createResource,
  deletedError,
  deleteResource,
  getResource,
  getResources,
  newResource,
} from './verbs.ts';
export { changeWrites, createWrites, type Extra, requireNameFree } from './writes.ts';
