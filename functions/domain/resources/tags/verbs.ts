export { changeTags, tagsOn } from './resource-tags.ts';
export { createTag, deleteTag, getTag, listTagged, listTags, renameTag } from './tags.ts';
