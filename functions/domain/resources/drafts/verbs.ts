export { changeDraft, createDraft, getDraft, listDrafts } from './drafts.ts';
export {
  changeResourceDraft,
  createResourceDraft,
  deleteDraft,
  deleteResourceDraft,
  draftCommitted,
  draftOutdated,
  draftToCommit,
  getResourceDraft,
} from './resource-drafts.ts';
