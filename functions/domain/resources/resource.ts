import type { Summary } from './list/index.ts';

/** Every kind of versioned resource; all share one sequence of ids and one of snapshots. */
export type ResourceType =
  | 'queue'
  | 'experiment'
  | 'entry_point'
  | 'plugin'
  | 'plugin_file'
  | 'plugin_task_parameter_type'
  | 'job'
  | 'artifact'
  | 'ml_model'
  | 'ml_model_version';

/**
 * Ids of what hangs on the resource itself, not on its snapshots: other resources by the names that
 * their capabilities give, `tags`, and side by side `drafters` (users) and `drafts`.
 */
export type Links = { readonly [name: string]: readonly number[] };

/** The resource as it is now, with the content `data` of its newest snapshot. */
export interface Resource<D> {
  readonly id: number;
  readonly type: ResourceType;
  readonly groupId: number;
  readonly createdOn: number;
  /** Id of the newest snapshot, who made it and when. */
  readonly snapshot: number;
  readonly snapshotBy: number;
  readonly snapshotOn: number;
  readonly deletedOn?: number;
  /** When it was last restored. */
  readonly restoredOn?: number;
  /** Since when it is to be removed for good; it is deleted. */
  readonly removedOn?: number;
  /** What a capability gave it when it was made, for good. */
  readonly kept?: { readonly [name: string]: string };
  /** Rises with every write of the row: the base of optimistic conditions and of list entries. */
  readonly revision: number;
  /** How many of the revisions were of drafts alone; none where it is missing. */
  readonly drafted?: number;
  readonly snapshots: number;
  /** Earlier versions that differ in little, oldest first; the others are items of their own. */
  readonly past?: readonly PastVersion[];
  readonly data: D;
  /** Where the row says that the content lies, when it is too large for it. */
  readonly dataKey?: string;
  readonly dataBytes?: number;
  readonly links: Links;
}

/** An earlier version: its id, who made it and when, and what `Kind.changing` names of its content. */
export type PastVersion = readonly [
  id: number,
  createdBy: number,
  createdOn: number,
  content: { readonly [field: string]: string },
];

/** One version of a resource; immutable. */
export interface Snapshot<D> {
  readonly resource: Resource<D>;
  readonly id: number;
  readonly createdBy: number;
  readonly createdOn: number;
  readonly data: D;
}

/** What the mechanisms need to know of a kind of resource. */
export interface Kind<D> {
  readonly type: ResourceType;
  /** The name that must be unique, and within what (a group or a parent); none where names repeat. */
  readonly uniqueName?: (resource: Pick<Resource<D>, 'groupId' | 'data'>) => {
    readonly scope: string;
    readonly name: string;
    readonly shown: { readonly [attribute: string]: string | number };
  };
  /** After deletion it can still be read, marked as deleted; otherwise it is gone. */
  readonly keptWhenDeleted: boolean;
  /** Changing it after deletion answers as if it were gone, although it can be read. */
  readonly goneForChanges?: boolean;
  /** The row holds what changes without a new revision, so a process must not keep it. */
  readonly changesBetweenRevisions?: boolean;
  /**
   * All that versions of one resource differ in, texts only: earlier versions are then kept on the row,
   * which saves an item for each.
   */
  readonly changing?: readonly (keyof D & string)[];
  /** What answers show that changes without a new revision, as far as versions tell it apart. */
  readonly besideRevision?: (resource: Resource<D>) => readonly number[];
  /** Lists that the resource is in while it lives. */
  readonly lists: (resource: Pick<Resource<D>, 'groupId' | 'type' | 'data'>) => readonly string[];
  /** Where it stands in the default order: by its newest snapshot, or by its id. */
  readonly order: 'snapshot' | 'id';
  /** What searches and sorts see, beside `createdOn`, `lastModifiedOn` and tags. */
  readonly summary: (resource: Pick<Resource<D>, 'data' | 'links'>) => Summary;
  /**
   * Fields of the summary that change without a word to the lists, for now: who searches or sorts by
   * them looks at the row itself.
   */
  readonly unsettled?: (resource: Pick<Resource<D>, 'data'>) => readonly string[];
  /** What lists keep beside it, for those who read whole lists. */
  readonly listed?: (resource: Resource<D>) => Summary;
  /** Fields of the summary that a search may name. */
  readonly searchable: readonly string[];
  /** Further ones: words without a name do not look there. */
  readonly searchableByName?: readonly string[];
  /** By the name that callers use: the field of the summary; `id` where that is the default order. */
  readonly sortable: { readonly [name: string]: string };
}

/** The list of all resources of a type in a group. */
export const groupList = (resource: { groupId: number; type: ResourceType }): string =>
  `${resource.groupId}#${resource.type}`;

/** Where deleted resources are listed that can still be seen. */
export const deletedList = (list: string): string => `${list}#deleted`;
