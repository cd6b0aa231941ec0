export { dropList } from './drop-list.ts';
export { foldList } from './fold.ts';
export { listWrite } from './list.items.ts';
export { readListPage, readWholeLists } from './read-page.ts';
export type {
  ListEntry,
  ListFilter,
  ListPage,
  ListPageOptions,
  ListRow,
  ListStore,
  Summary,
} from './types.ts';
export { maybeFold, withoutFolds } from './when-to-fold.ts';
