import { key, prefix } from '#kernel/keys.ts';
import {
  type Attribute,
  compare,
  type Item,
  itemMissing,
  type Key,
  put,
  remove,
  type Write,
} from '#kernel/table.ts';
import { listWrite } from '../list/index.ts';
import type { Content } from '../resource.items.ts';
import type { ResourceType } from '../resource.ts';

/** What somebody means to make, or to change a resource into; only its owner sees it. */
export interface Draft {
  readonly id: number;
  readonly userId: number;
  readonly groupId: number;
  readonly type: ResourceType;
  /** The plugin that a drafted file is in. */
  readonly parentId?: number;
  /** The resource that it would change, and the version that it starts from. */
  readonly resourceId?: number;
  readonly resourceSnapshot?: number;
  /** As the dialect that it came by writes it. */
  readonly payload: object;
  /** The object with the payload, where it is too large for the item. */
  readonly dataKey?: string;
  readonly createdOn: number;
  readonly modifiedOn: number;
  /** Rises with every write. */
  readonly revision: number;
}

export const draftKey = (id: number): Key => key(`${prefix.draft}#${id}`, 'DRF');

/** Where a payload is kept that is too large for an item. */
export const draftBlob = ({ id, revision }: Pick<Draft, 'id' | 'revision'>): string =>
  `drafts/${id}/${revision}.json`;

/** The list of the drafts of one user: of a type, in a parent where the type has parents. */
export const draftsOf = ({ userId, type, parentId }: Pick<Draft, 'userId' | 'type' | 'parentId'>) =>
  `drafts:${userId}#${type}${parentId === undefined ? '' : `#${parentId}`}`;

const entry = (draft: Draft, before: Draft | undefined, isThere: boolean): Write =>
  listWrite(draftsOf(draft), {
    id: draft.id,
    version: draft.revision,
    position: isThere ? draft.id : null,
    was: before === undefined ? null : draft.id,
    summary: { groupId: draft.groupId, isChange: draft.resourceId !== undefined },
  });

export function draftWrites(
  before: Draft | undefined,
  after: Draft,
  content: Content,
): readonly Write[] {
  const { payload: _, dataKey: __, ...row } = after;
  const attributes = row as unknown as { readonly [name: string]: Attribute | undefined };
  return [
    put(
      { ...draftKey(after.id), ...attributes, ...content },
      before === undefined ? itemMissing : compare('revision', '=', before.revision),
    ),
    entry(after, before, true),
  ];
}

export const draftRemoval = (draft: Draft): readonly Write[] => [
  remove(draftKey(draft.id), compare('revision', '=', draft.revision)),
  entry({ ...draft, revision: draft.revision + 1 }, draft, false),
];

export function draftOf(item: Item, payload: object): Draft {
  const { pk: _, sk: __, data: ___, dataBytes: ____, ...row } = item;
  return { ...(row as unknown as Draft), payload };
}
