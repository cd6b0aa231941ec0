import { type Context, readableGroups, requirePermission } from '#kernel/context.ts';
import { searches } from './later.ts';
import { type ListPageOptions, type ListRow, readListPage } from './list/index.ts';
import { listedResources } from './listed-rows.ts';
import type { ListRequest, ResourcePage } from './page.ts';
import { deletedList, type Kind, type Resource } from './resource.ts';
import { sortColumn } from './sort-column.ts';
import { listedSummary } from './summary.ts';

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
function orderOf<D>(
  ctx: Context,
  kind: Kind<D>,
  field: string | undefined,
  descending: boolean,
): Partial<ListPageOptions> {
  if (field === undefined) return {};
  if (field === 'id') return { descending };
  const settle = async (rows: readonly ListRow[]) =>
    (await listedResources(ctx, kind, rows)).map((resource) => listedSummary(kind, resource));
  return { sort: { field, descending, settle } };
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
    ...orderOf(ctx, kind, field, request.descending === true),
  });
  const rows = await listedResources(ctx, kind, page.rows);
  return { rows, total: page.total };
}
