import { type Context, readableGroups, requirePermission } from '#kernel/context.ts';
import { parseSearch, type SearchTerm } from '#kernel/search/parse.ts';
import {
  type ListFilter,
  type ListPageOptions,
  type ListRow,
  readListPage,
  type Summary,
} from './list/index.ts';
import { listedResources } from './listed-rows.ts';
import { deletedList, type Kind, type Resource } from './resource.ts';
import { sortColumn } from './sort-column.ts';
import { listedVerdict, passes, type TagNames } from './summary.ts';
import { tagNamesFor } from './tags/tag-names.ts';

export interface PageRequest {
  /** Offset of the first row. */
  readonly index: number;
  readonly pageLength: number;
  readonly search?: string;
  readonly sortBy?: string;
  readonly descending?: boolean;
}

export interface ListRequest extends PageRequest {
  readonly groupId?: number;
  readonly showDeleted?: boolean;
  /** Read these lists instead of the groups' own: whoever names them has seen that the actor may. */
  readonly lists?: readonly string[];
  /** Only rows of which `matches` says so; `name` tells it from others, as outcomes are cached. */
  readonly where?: { readonly name: string; readonly matches: (summary: Summary) => boolean };
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

/** Rows whose long texts decide are read whole, so many at a time. */
const WHOLE_AT_ONCE = 100;

/** Those of the rows that pass, by what the resources themselves hold. */
async function passingWhole<D>(
  ctx: Context,
  kind: Kind<D>,
  rows: readonly ListRow[],
  { terms, names }: { readonly terms: readonly SearchTerm[]; readonly names: TagNames },
): Promise<readonly ListRow[]> {
  const found: ListRow[] = [];
  for (let at = 0; at < rows.length; at += WHOLE_AT_ONCE) {
    const some = rows.slice(at, at + WHOLE_AT_ONCE);
    const whole = await listedResources(ctx, kind, some);
    const isFound = whole.map((resource) => passes(terms, kind, resource, names));
    found.push(...some.filter((_, index) => isFound[index]));
  }
  return found;
}

/** The filter of a search; what tags are named is read beside the list that it filters. */
async function filterBy<D>(
  ctx: Context,
  kind: Kind<D>,
  request: ListRequest,
  terms: readonly SearchTerm[],
): Promise<ListFilter> {
  const { search = '', where } = request;
  const { stamp, names } = await tagNamesFor(ctx, terms, groupsOf(ctx, request));
  return {
    key: JSON.stringify([search, where?.name ?? null, stamp]),
    matches: (summary) =>
      where?.matches(summary) === false ? false : listedVerdict(terms, summary, names),
    decide: (rows) => passingWhole(ctx, kind, rows, { terms, names }),
  };
}

/** A page of the resources that the actor may see. Throws `unprocessable` (search), `invalid` (sort). */
export async function listResources<D>(
  ctx: Context,
  kind: Kind<D>,
  request: ListRequest,
): Promise<ResourcePage<Resource<D>>> {
  const field = sortColumn(kind.type, kind.sortable, request.sortBy);
  const { terms } = parseSearch(request.search ?? '', { fields: kind.searchable });
  const isFiltered = terms.length > 0 || request.where !== undefined;
  const page = await readListPage(ctx, listsToRead(ctx, kind, request), {
    offset: request.index,
    limit: request.pageLength,
    ...(isFiltered ? { filter: filterBy(ctx, kind, request, terms) } : {}),
    ...orderOf(field, request.descending === true),
  });
  const rows = await listedResources(ctx, kind, page.rows);
  return { rows, total: page.total };
}
