import * as z from 'zod';
import { groupNameOf, usernamesOf } from '#domain/identity/index.ts';
import {
  hasDraft,
  type Resource,
  type ResourcePage,
  shownTags,
  type Tag,
  tagIds,
} from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { pythonBoolean, queryInteger, text } from '#kernel/strings.ts';

/** Where this dialect lives. */
export const BASE = '/api/v1';
export const MAX_PAGE = 1000;

/** ISO 8601 in UTC with microseconds, as Dioptra prints times. */
export const isoTime = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, -1)}000+00:00`;

export const Ref = z.object({ id: z.int(), name: z.string(), url: z.string() });
export const TagRef = Ref.extend({ group: Ref });
export const UserRef = z.object({ id: z.int(), username: z.string(), url: z.string() });
export const ResourceRef = z.object({
  id: z.int(),
  group: Ref,
  url: z.string(),
  deleted: z.boolean(),
  name: z.string(),
});
export const SnapshotRef = ResourceRef.extend({ snapshotId: z.int() });

/** The fields that every resource shows. */
export const ResourceFields = z.object({
  id: z.int(),
  snapshot: z.int(),
  group: Ref,
  user: UserRef,
  createdOn: z.string(),
  snapshotCreatedOn: z.string(),
  lastModifiedOn: z.string(),
  latestSnapshot: z.boolean(),
  hasDraft: z.boolean().optional(),
  tags: z.array(TagRef),
  deleted: z.boolean(),
});

export const GroupId = z.int().positive();
export const Id = z.int().positive();
export const Description = z
  .union([text({ max: 10_000 }), z.null()])
  .optional()
  .transform((description) => description ?? '');
export const Ids = z.strictObject({ ids: z.array(Id).max(1_000) });

export const StatusAnswer = z.object({ status: z.string() });
export const IdStatus = z.object({ id: z.array(z.int()), status: z.string() });
export const idStatus = (...ids: readonly number[]) => ({ id: ids, status: 'Success' });

export const PageQuery = z.object({
  index: queryInteger({ min: 0, max: Number.MAX_SAFE_INTEGER }).optional(),
  pageLength: queryInteger({ min: 1, max: MAX_PAGE }).optional(),
  search: z.string().optional(),
});
export const SortQuery = PageQuery.extend({
  sortBy: z.string().optional(),
  descending: pythonBoolean().optional(),
});
export const ListQuery = SortQuery.extend({
  groupId: queryInteger({ min: 0, max: Number.MAX_SAFE_INTEGER }).optional(),
});
export const DeletableListQuery = ListQuery.extend({ showDeleted: pythonBoolean().optional() });
export type DeletableListQuery = z.output<typeof DeletableListQuery>;

/** The field of a query that sorts a kind; the document names what it may be, and the verb refuses the rest. */
export const sortedBy = ({ sortable }: { readonly sortable: object }) => ({
  sortBy: z
    .string()
    .meta({ enum: Object.keys(sortable) })
    .optional(),
});

/** The query as the domain takes it. */
export const pageRequest = (query: DeletableListQuery) => ({
  index: query.index ?? 0,
  pageLength: query.pageLength ?? 10,
  ...(query.search === undefined ? {} : { search: query.search }),
  ...(query.sortBy === undefined || query.sortBy === '' ? {} : { sortBy: query.sortBy }),
  ...(query.descending === undefined ? {} : { descending: query.descending }),
  ...(query.groupId === undefined ? {} : { groupId: query.groupId }),
  ...(query.showDeleted === undefined ? {} : { showDeleted: query.showDeleted }),
});

export const pageOf = (row: z.ZodType) =>
  z.object({
    index: z.int(),
    isComplete: z.boolean(),
    totalNumResults: z.int(),
    first: z.string(),
    prev: z.string().optional(),
    next: z.string().optional(),
    data: z.array(row),
  });

interface PageOptions {
  readonly deletable?: boolean;
  /** Queries of this list alone, which its other pages need too. */
  readonly filters?: readonly (readonly [name: string, value: string])[];
  /** `index` counts pages, not rows: Dioptra has one such list. */
  readonly numbered?: boolean;
}

const python = (flag: boolean): string => (flag ? 'True' : 'False');

/** A query of any of the lists. */
type PagedQuery = DeletableListQuery & { readonly draftType?: string };

function pageLink(
  path: string,
  query: PagedQuery,
  index: number,
  pageLength: number,
  options: PageOptions,
): string {
  const link = new URLSearchParams();
  link.set('index', String(index));
  link.set('pageLength', String(pageLength));
  if (query.groupId !== undefined) link.set('groupId', String(query.groupId));
  if (query.search) link.set('search', query.search);
  if (query.draftType) link.set('draft_type', query.draftType);
  if (query.sortBy) {
    link.set('sortBy', query.sortBy);
    link.set('descending', python(query.descending === true));
  }
  for (const [name, value] of options.filters ?? []) link.append(name, value);
  if (options.deletable === true) link.set('showDeleted', python(query.showDeleted === true));
  return `${BASE}/${path}?${link}`;
}

/** The envelope of a page; `index` is the offset of its first row, or the number of the page. */
export function pageAnswer<R, W>(
  path: string,
  query: PagedQuery,
  page: ResourcePage<R>,
  shape: (row: R) => W,
  options: PageOptions = {},
) {
  const { index, pageLength } = pageRequest(query);
  const link = (at: number) => pageLink(path, query, at, pageLength, options);
  const step = options.numbered === true ? 1 : pageLength;
  const isComplete = (index + step) * (pageLength / step) >= page.total;
  return {
    index,
    isComplete,
    totalNumResults: page.total,
    first: link(0),
    ...(index > 0 ? { prev: link(Math.max(index - step, 0)) } : {}),
    ...(isComplete ? {} : { next: link(index + step) }),
    data: page.rows.map(shape),
  };
}

export const groupRef = (ctx: Context, groupId: number) => ({
  id: groupId,
  name: groupNameOf(ctx, groupId),
  url: `${BASE}/groups/${groupId}`,
});

export const userRef = (id: number, username: string) => ({
  id,
  username,
  url: `${BASE}/users/${id}`,
});

/** What a reference to a resource needs. */
type Named = Pick<Resource<{ readonly name: string }>, 'id' | 'groupId' | 'deletedOn' | 'data'>;

export const resourceRef = (ctx: Context, route: string, resource: Named) => ({
  id: resource.id,
  group: groupRef(ctx, resource.groupId),
  url: `${BASE}/${route}/${resource.id}`,
  deleted: resource.deletedOn !== undefined,
  name: resource.data.name,
});

export const tagRef = (ctx: Context, { id, name, groupId }: Tag) => ({
  id,
  name,
  group: groupRef(ctx, groupId),
  url: `${BASE}/tags/${id}`,
});

/** What answers about resources need beside them: names of their users and tags, fetched at once. */
export interface Beside {
  readonly users: ReadonlyMap<number, string>;
  readonly tags: ReadonlyMap<number, Tag>;
}
export async function besideOf(
  ctx: Context,
  rows: readonly Pick<Resource<unknown>, 'snapshotBy' | 'links'>[],
): Promise<Beside> {
  const makers = rows.map(({ snapshotBy }) => snapshotBy);
  const [users, tags] = await Promise.all([
    usernamesOf(ctx, makers),
    shownTags(ctx, rows.flatMap(tagIds)),
  ]);
  return { users, tags };
}

export const userShown = ({ users }: Pick<Beside, 'users'>, id: number) =>
  userRef(id, users.get(id) ?? `user-${id}`);

const isDrafted = ({ actor }: Context, resource: Resource<unknown>): boolean =>
  'userId' in actor && hasDraft(resource, actor.userId);

/** The common fields of a resource; of an older version when `version` is given. */
export function resourceFields<D>(
  ctx: Context,
  beside: Beside,
  resource: Resource<D>,
  version?: { readonly id: number; readonly createdBy: number; readonly createdOn: number },
) {
  const userId = version?.createdBy ?? resource.snapshotBy;
  return {
    id: resource.id,
    snapshot: version?.id ?? resource.snapshot,
    group: groupRef(ctx, resource.groupId),
    user: userShown(beside, userId),
    createdOn: isoTime(resource.createdOn),
    snapshotCreatedOn: isoTime(version?.createdOn ?? resource.snapshotOn),
    lastModifiedOn: isoTime(resource.snapshotOn),
    latestSnapshot: version === undefined || version.id === resource.snapshot,
    ...(version === undefined ? { hasDraft: isDrafted(ctx, resource) } : {}),
    tags: tagIds(resource).flatMap((id) => {
      const tag = beside.tags.get(id);
      return tag === undefined ? [] : [tagRef(ctx, tag)];
    }),
    deleted: resource.deletedOn !== undefined,
  };
}
