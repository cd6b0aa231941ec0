import { type Context, readableGroups, requirePermission } from '#kernel/context.ts';
import { searches } from './later.ts';
import { type ListPageOptions, readListPage, type Summary } from './list/index.ts';
import { listedResources } from './listed-rows.ts';
import { deletedList, type Kind, type Resource } from './resource.ts';
import { sortColumn } from './sort-column.ts';

export interface PageRequest {
  /** Offset of the first row. */
  readonly index: number;
  readonly pageLength: number;
  readonly search?: string;
  readonly sortBy?: string;
  readonly descending?: boolean;
}

interface Where {
  readonly name: string;
  readonly matches: (summary: Summary) => boolean | undefined;
}

export interface ListRequest extends PageRequest {
  readonly groupId?: number;
  readonly showDeleted?: boolean;
  /** Read these lists instead of the groups' own: whoever names them has seen that the actor may. */
  readonly lists?: readonly string[];
  /**
   * Only rows of which `matches` says so, `undefined` where it takes the whole summary; `name` tells
   * it from others, as outcomes are cached.
   */
  readonly where?: Where;
  /** The tags of every row, where they hang on what the lists belong to; asked by searches alone. */
  readonly tags?: () => Promise<readonly number[]>;
}

export interface ResourcePage<R> {
  readonly rows: readonly R[];
  readonly total: number;
}

const groupsOf = (ctx: Context, { groupId }: ListRequest): readonly number[] =>
  groupId === undefined ? readableGroups(ctx) : [groupId];

function listsToRead<D>(ctx: Context, kind: Kind<D>, request: ListRequest): readonly string[] {
  const { groupId } = request;
  if (groupId !== undefined) {
    requirePermission(ctx, 'read', { groupId, entity: 'group', lookup: { group_id: groupId } });
  }
  const live = request.lists ?? groupsOf(ctx, request).map((id) => `${id}#${kind.type}`);
  return request.showDeleted === true ? [...live, ...live.map(deletedList)] : live;
}

/** The default order of kinds that are ordered by id needs no sorting, in either direction. */
function orderOf(field: string | undefined, descending: boolean): Partial<ListPageOptions> {
  if (field === undefined) return {};
  return field === 'id' ? { descending } : { sort: { field, descending } };
}

async function filterOf<D>(ctx: Context, kind: Kind<D>, request: ListRequest) {
  const { searchFilter } = await searches();
  return searchFilter(ctx, kind, request, groupsOf(ctx, request));
}

/** A page of the resources that the actor may see. Throws `unprocessable` (search), `invalid` (sort). */
export async function listResources<D>(
  ctx: Context,
  kind: Kind<D>,
  request: ListRequest,
): Promise<ResourcePage<Resource<D>>> {
  const field = sortColumn(kind.type, kind.sortable, request.sortBy);
  const isFiltered = (request.search ?? '') !== '' || request.where !== undefined;
  const page = await readListPage(ctx, listsToRead(ctx, kind, request), {
    offset: request.index,
    limit: request.pageLength,
    ...(isFiltered ? { filter: filterOf(ctx, kind, request) } : {}),
    ...orderOf(field, request.descending === true),
  });
  const rows = await listedResources(ctx, kind, page.rows);
  return { rows, total: page.total };
}
