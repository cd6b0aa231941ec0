import { type Context, readableGroups, requirePermission } from '#kernel/context.ts';
import { AppError, notFound } from '#kernel/errors.ts';
import { matches } from '#kernel/search/matches.ts';
import { parseSearch } from '#kernel/search/parse.ts';
import { type ListPageOptions, readListPage, type Summary } from './list/index.ts';
import { listedResources } from './listed-rows.ts';
import { readCurrent, readSnapshot, requireReadable, resourceKeys } from './resource.items.ts';
import { deletedList, type Kind, type Resource, type Snapshot } from './resource.ts';
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
  /** Only rows of which `matches` says so; `name` tells it from others, as outcomes are cached. */
  readonly where?: { readonly name: string; readonly matches: (summary: Summary) => boolean };
}

export interface ResourcePage<R> {
  readonly rows: readonly R[];
  readonly total: number;
}

export function sortField<D>(kind: Kind<D>, sortBy: string | undefined): string | undefined {
  if (sortBy === undefined || sortBy === '') return undefined;
  const field = Object.hasOwn(kind.sortable, sortBy) ? kind.sortable[sortBy] : undefined;
  if (field === undefined) {
    throw new AppError(
      'invalid',
      `Cannot sort by "${sortBy}"; use one of: ${Object.keys(kind.sortable).join(', ')}.`,
      { reason: 'sort_parameter', detail: { entity: kind.type } },
    );
  }
  return field;
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

/** The default order of kinds that are ordered by id needs no sorting, in either direction. */
function orderOf(field: string | undefined, descending: boolean): Partial<ListPageOptions> {
  if (field === undefined) return {};
  return field === 'id' ? { descending } : { sort: { field, descending } };
}

function filterOf<D>(kind: Kind<D>, { search = '', where }: ListRequest): Partial<ListPageOptions> {
  const { terms } = parseSearch(search, { fields: kind.searchable });
  if (terms.length === 0 && where === undefined) return {};
  return {
    filterKey: JSON.stringify([search, where?.name ?? null]),
    matches: (summary) =>
      where?.matches(summary) !== false && matches(terms, searchRecord(summary)),
  };
}

/** A page of the resources that the actor may see. Throws `unprocessable` (search), `invalid` (sort). */
export async function listResources<D>(
  ctx: Context,
  kind: Kind<D>,
  request: ListRequest,
): Promise<ResourcePage<Resource<D>>> {
  const field = sortField(kind, request.sortBy);
  const filter = filterOf(kind, request);
  const page = await readListPage(ctx, listsToRead(ctx, kind, request), {
    offset: request.index,
    limit: request.pageLength,
    ...filter,
    ...orderOf(field, request.descending === true),
  });
  const rows = await listedResources(ctx, kind, page.rows);
  return { rows, total: page.total };
}

const searchRecord = (summary: {
  readonly [field: string]: unknown;
}): { readonly [field: string]: string | readonly string[] | undefined } =>
  Object.fromEntries(
    Object.entries(summary).map(([name, value]) => [
      name,
      Array.isArray(value) ? (value as string[]) : value === null ? undefined : String(value),
    ]),
  );

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
  const search = parseSearch(request.search ?? '', { fields: kind.searchable });
  const page = await ctx.table.query({
    pk: resourceKeys.current(id).pk,
    sk: { prefix: resourceKeys.snapshots },
    ...(search.terms.length === 0 ? { limit: request.index + request.pageLength } : {}),
  });
  requireReadable(page.items);
  const all = await Promise.all(page.items.map((item) => readSnapshot(ctx, resource, item)));
  const found = all.filter((snapshot) =>
    matches(search.terms, searchRecord(kind.summary({ data: snapshot.data, links: {} }))),
  );
  return {
    rows: found.slice(request.index, request.index + request.pageLength),
    total: search.terms.length === 0 ? resource.snapshots : found.length,
  };
}
