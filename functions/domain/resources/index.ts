export { commitParts, deletion, firstVersion, nextVersion, type Part, part } from './commit.ts';
export { namedKind } from './named-kind.ts';
export {
  getSnapshot,
  type ListRequest,
  listResources,
  listSnapshots,
  type PageRequest,
  type ResourcePage,
} from './reads.ts';
export {
  type Bound,
  holderOfName,
  type Referred,
  readRefs,
  readVersions,
  rememberRefs,
  requireLive,
  requireNameUnused,
  shownRefs,
} from './refs.ts';
export { readCurrent, resourceKeys, unpackData } from './resource.items.ts';
export {
  groupList,
  type Kind,
  type Links,
  type Resource,
  type ResourceType,
  type Snapshot,
  summaryText,
} from './resource.ts';
export { commitStaged, stageContext } from './staged.ts';
export {
  afterWrite,
  changeResource,
  createResource,
  deletedError,
  deleteResource,
  getResource,
  newResource,
} from './verbs.ts';
export { changeWrites, createWrites, type Extra, requireNameFree } from './writes.ts';
