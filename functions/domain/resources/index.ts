export { commitParts, deletion, firstVersion, nextVersion, type Part, part } from './commit.ts';
export { whileContended } from './contended.ts';
export type { Draft } from './drafts/draft.items.ts';
export type { DraftListRequest, DraftPlace } from './drafts/drafts.ts';
export { hasDraft } from './drafts/has-draft.ts';
export type { CommittableDraft, ResourceDraft } from './drafts/resource-drafts.ts';
export { draftVerbs, tagVerbs } from './later.ts';
export {
  type ListRow,
  listWrite,
  maybeFold,
  readWholeLists,
  type Summary,
  withoutFolds,
} from './list/index.ts';
export { listResources } from './list-resources.ts';
export { listSnapshots } from './list-versions.ts';
export { listedResources } from './listed-rows.ts';
export { requireMatch, resourceTag, snapshotTag, versionOf } from './match.ts';
export { namedKind } from './named-kind.ts';
export type { ListRequest, PageRequest, ResourcePage } from './page.ts';
export {
  holderOfName,
  type Referred,
  readRefs,
  rememberRefs,
  requireLive,
  requireNameUnused,
  shownRefs,
} from './refs.ts';
export { removeResource } from './remove.ts';
export { readCurrent, resourceKeys, unpackData } from './resource.items.ts';
export {
  deletedList,
  groupList,
  type Kind,
  type Links,
  type Resource,
  type ResourceType,
  type Snapshot,
} from './resource.ts';
export { allOrNothing, type Staged, type StagedContext } from './staged.ts';
export { TAG_SORTABLE, type Tag, tagIds, versionOfTag } from './tags/tag.items.ts';
export { shownTags } from './tags/tag-names.ts';
export {
  afterWrite,
  changeResource,
  createResource,
  deletedError,
  deleteResource,
  getResource,
  newResource,
  restoreResource,
} from './verbs.ts';
export { type Bound, getSnapshot, readVersions } from './versions.ts';
export {
  changeWrites,
  createWrites,
  type Extra,
  type NameRule,
  requireNameFree,
} from './writes.ts';
