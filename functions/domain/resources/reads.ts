import { type Context, readableGroups, requirePermission } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';
import { parseSearch, type SearchTerm } from '#kernel/search/parse.ts';
import { type ListFilter, readListPage } from './list/index.ts';
import { listedResources } from './listed-rows.ts';
import { readCurrent, readSnapshot, requireReadable, resourceKeys } from './resource.items.ts';
import { deletedList, type Kind, type Resource, type Snapshot } from './resource.ts';
import { sortColumn } from './sort-column.ts';
import { listedVerdict, passes, type TagNames } from './summary.ts';
import { readTagNames } from './tags/tag-names.ts';
import { getResource } from './verbs.ts';

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
}

export interface ResourcePage<R> {
  readonly rows: readonly R[];
  readonly total: number;
}

function listsToRead<D>(ctx: Context, kind: Kind<D>, request: ListRequest): readonly string[] {
  const { groupId } = request;
  if (groupId !== undefined) {
    requirePermission(ctx, 'read', { groupId, entity: 'group', lookup: { group_id: groupId } });
  }
  const groups = groupId === undefined ? readableGroups(ctx) : [groupId];
  const live = request.lists ?? groups.map((id) => `${id}#${kind.type}`);
  return request.showDeleted === true ? [...live, ...live.map(deletedList)] : live;
}

/** A page of the resources that the actor may see. Throws `unprocessable` (search), `invalid` (sort). */
export async function listResources<D>(
  ctx: Context,
  kind: Kind<D>,
  request: ListRequest,
): Promise<ResourcePage<Resource<D>>> {
  const field = sortColumn(kind.type, kind.sortable, request.sortBy);
  const { terms } = parseSearch(request.search ?? '', { fields: kind.searchable });
  const page = await readListPage(ctx, listsToRead(ctx, kind, request), {
    offset: request.index,
    limit: request.pageLength,
    ...(terms.length === 0 ? {} : { filter: searchFilter(ctx, kind, request, terms) }),
    ...(field === undefined ? {} : { sort: { field, descending: request.descending === true } }),
  });
  const rows = await listedResources(ctx, kind, page.rows);
  return { rows, total: page.total };
}

/** Names of tags where a search looks at them. */
const tagNamesFor = async (
  ctx: Context,
  terms: readonly SearchTerm[],
  groups: readonly number[],
): Promise<{ readonly stamp: string; readonly names: TagNames }> =>
  terms.some(({ fields }) => fields.includes('tag'))
    ? readTagNames(ctx, groups)
    : { stamp: '', names: new Map() };

/** Rows whose long texts decide are read whole, so many at a time. */
const WHOLE_AT_ONCE = 100;

/** The filter of a search; what tags are named is read beside the list that it filters. */
async function searchFilter<D>(
  ctx: Context,
  kind: Kind<D>,
  { search = '', groupId }: ListRequest,
  terms: readonly SearchTerm[],
): Promise<ListFilter> {
  const groups = groupId === undefined ? readableGroups(ctx) : [groupId];
  const { stamp, names } = await tagNamesFor(ctx, terms, groups);
  return {
    key: JSON.stringify([search, stamp]),
    matches: (summary) => listedVerdict(terms, summary, names),
    decide: async (rows) => {
      const found: (typeof rows)[number][] = [];
      for (let at = 0; at < rows.length; at += WHOLE_AT_ONCE) {
        const some = rows.slice(at, at + WHOLE_AT_ONCE);
        const whole = await listedResources(ctx, kind, some);
        found.push(
          ...some.filter((_, index) => {
            const resource = whole[index];
            return resource !== undefined && passes(terms, kind, resource, names);
          }),
        );
      }
      return found;
    },
  };
}

/** One version of a resource; readable after deletion too. */
export async function getSnapshot<D>(
  ctx: Context,
  kind: Kind<D>,
  id: number,
  snapshotId: number,
): Promise<Snapshot<D>> {
  const lookup = { resource_id: id, snapshot_id: snapshotId };
  const [item, snapshot] = await ctx.table.batchGet([
    resourceKeys.current(id),
    resourceKeys.snapshot(id, snapshotId),
  ]);
  if (item === undefined || item.type !== kind.type) throw notFound(kind.type, lookup);
  requirePermission(ctx, 'read', { groupId: item.groupId as number, entity: kind.type, lookup });
  if (snapshot === undefined) throw notFound(kind.type, lookup);
  return readSnapshot(ctx, await readCurrent<D>(ctx, item), snapshot);
}

/** Versions of a resource, oldest first. */
export async function listSnapshots<D>(
  ctx: Context,
  kind: Kind<D>,
  id: number,
  request: PageRequest,
): Promise<ResourcePage<Snapshot<D>>> {
  const resource = await getResource(ctx, { ...kind, keptWhenDeleted: true }, id);
  const { terms } = parseSearch(request.search ?? '', { fields: kind.searchable });
  const { names } = await tagNamesFor(ctx, terms, [resource.groupId]);
  const page = await ctx.table.query({
    pk: resourceKeys.current(id).pk,
    sk: { prefix: resourceKeys.snapshots },
    ...(terms.length === 0 ? { limit: request.index + request.pageLength } : {}),
  });
  requireReadable(page.items);
  const all = await Promise.all(page.items.map((item) => readSnapshot(ctx, resource, item)));
  const found = all.filter(({ data }) =>
    passes(terms, kind, { data, links: resource.links }, names),
  );
  return {
    rows: found.slice(request.index, request.index + request.pageLength),
    total: terms.length === 0 ? resource.snapshots : found.length,
  };
}
