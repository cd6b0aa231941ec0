export { foldList, maybeFold, withoutFolds } from './fold.ts';
export { listWrite } from './list.items.ts';
export { readListPage } from './read-page.ts';
export type {
  ListEntry,
  ListPage,
  ListPageOptions,
  ListRow,
  ListStore,
  Summary,
} from './types.ts';
