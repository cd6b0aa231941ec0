import { countersOf } from '#kernel/counters.ts';
import { key, pad, prefix } from '#kernel/keys.ts';
import type { Attribute, Item, Key } from '#kernel/table.ts';
import {
  type Condition,
  compare,
  itemMissing,
  put,
  remove,
  update,
  type Write,
} from '#kernel/table.ts';

/** What a project has whole lists of: some thousands of each at most. */
export type CollectionName =
  | 'feature_flag'
  | 'experiment'
  | 'holdout'
  | 'saved_metric'
  | 'change_request'
  | 'cohort';

/** What all rows of collections have. `id` counts up within the project. */
export interface Row {
  readonly id: number;
  readonly groupId: number;
  readonly createdOn: number;
  readonly updatedOn: number;
  /** The account that made it, as far as one did. */
  readonly createdBy: number | undefined;
  /** Rises with every change, which is refused where it is no longer what the change began with. */
  readonly revision: number;
}

const partition = (name: CollectionName, groupId: number): string =>
  `${prefix.project}#${groupId}#${name}`;

export const collectionKeys = {
  partition,
  /** How often anything in it changed. */
  head: (name: CollectionName, groupId: number): Key => key(partition(name, groupId), 'HEAD'),
  rows: 'R#',
  row: (name: CollectionName, groupId: number, id: number): Key =>
    key(partition(name, groupId), `R#${pad(id)}`),
  counters: (name: CollectionName, groupId: number): Key => countersOf(partition(name, groupId)),
  /** Holds a name that is unique in the project. */
  guard: (name: CollectionName, groupId: number, text: string): Key =>
    key(`${prefix.name}#${name}#${groupId}#${text}`, 'NAME'),
};

export function rowItem(name: CollectionName, row: Row): Item {
  return {
    ...collectionKeys.row(name, row.groupId, row.id),
    type: name,
    ...(row as unknown as Record<string, Attribute>),
  };
}

export function readRow<R extends Row>(item: Item): R {
  const { pk: _pk, sk: _sk, type: _type, ...row } = item;
  return row as unknown as R;
}

/** Belongs into each transaction that changes something in the collection: readers go by it. */
export const headWrite = (name: CollectionName, groupId: number): Write =>
  update(collectionKeys.head(name, groupId), { add: { version: 1 } });

const unchanged = (before: Row): Condition => compare('revision', '=', before.revision);

/** Makes a row, or puts it in the place of what it was `before`, refused where that changed meanwhile. */
export const rowWrite = (name: CollectionName, after: Row, before?: Row): Write =>
  put(rowItem(name, after), before === undefined ? itemMissing : unchanged(before));

export const rowRemoval = (name: CollectionName, before: Row): Write =>
  remove(collectionKeys.row(name, before.groupId, before.id), unchanged(before));
