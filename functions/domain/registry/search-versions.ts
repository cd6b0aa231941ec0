import type { Context } from '#kernel/context.ts';
import type { Filter, Order } from '#kernel/filter/ast.ts';
import { parseOrderBy } from '#kernel/filter/order.ts';
import { parseFilter } from '#kernel/filter/parse.ts';
import { shownVersions } from './assemble.ts';
import { groupsInOrder } from './find.ts';
import type { ModelVersion } from './schemas.ts';
import {
  comparePlaces,
  farBytes,
  fitting,
  type Ordering,
  type Place,
  pageOf,
  placeIn,
  type SearchPage,
  type SearchRequest,
} from './search.ts';
import { bytesOf } from './texts.ts';
import {
  type Found,
  type Pages,
  versionsByChange,
  versionsByName,
  versionsOfNames,
  versionsOfRuns,
} from './version-sources.ts';
import { requiredValues, versionVocabulary } from './vocabulary.ts';

function valueFor({ row, model }: Found, { field }: Order): string | number {
  switch (field.key) {
    case 'name':
      return model;
    case 'version_number':
      return row.number;
    case 'creation_timestamp':
      return row.createdOn;
    default:
      return row.updatedOn;
  }
}

/** The last changed first, as they lie in the index; or as asked for, then by name and number. */
function orderingOf(orders: readonly Order[]): Ordering<Found> {
  if (orders.length === 0) {
    return {
      placeOf: ({ row }) => [row.item.gsi1sk as string, row.groupId],
      ascending: [true, true],
    };
  }
  const has = (key: string): boolean => orders.some(({ field }) => field.key === key);
  const rest = [
    ...(has('name') ? [] : [{ field: { entity: 'attribute', key: 'name' }, ascending: true }]),
    ...(has('version_number')
      ? []
      : [{ field: { entity: 'attribute', key: 'version_number' }, ascending: false }]),
  ];
  const all = [...orders, ...rest];
  return {
    placeOf: (found) => [...all.map((order) => valueFor(found, order)), found.row.groupId],
    ascending: [...all.map(({ ascending }) => ascending), true],
  };
}

/** Where versions are read: from each source in the order of the answer, or in whatever order. */
interface Sources {
  readonly pages: readonly Pages[];
  readonly ordered: boolean;
}

const isClause = (order: Order | undefined, key: string, ascending: boolean): boolean =>
  order?.field.key === key && order.ascending === ascending;

/** The narrowest way to all versions that may fit. */
function sourcesOf(
  ctx: Context,
  filter: Filter | undefined,
  orders: readonly Order[],
  after: Place | undefined,
  enough: number,
): Sources {
  const runIds = requiredValues(filter, 'run_id');
  if (runIds?.includes('') === false)
    return { pages: [versionsOfRuns(ctx, runIds)], ordered: false };
  const names = requiredValues(filter, 'name');
  if (names !== undefined) {
    const byNumber = isClause(orders[0], 'version_number', false);
    const ordered = byNumber && names.length === 1 && groupsInOrder(ctx).length === 1;
    const from = ordered && after !== undefined ? Number(after[0]) : undefined;
    return { pages: [versionsOfNames(ctx, names, from)], ordered };
  }
  const second = orders[1];
  if (
    isClause(orders[0], 'name', true) &&
    (second === undefined || isClause(second, 'version_number', false))
  ) {
    const from = after && { name: String(after[0]), number: Number(after[1]) };
    const pages = groupsInOrder(ctx).map((groupId) => versionsByName(ctx, groupId, from));
    return { pages, ordered: true };
  }
  const from = orders.length === 0 && after !== undefined ? String(after[0]) : undefined;
  const pages = groupsInOrder(ctx).map((groupId) => versionsByChange(ctx, groupId, from, enough));
  return { pages, ordered: orders.length === 0 };
}

/** Model versions of all groups that the caller may read, the last changed first unless asked for otherwise. */
export async function searchModelVersions(
  ctx: Context,
  request: SearchRequest,
): Promise<SearchPage<ModelVersion>> {
  const filter = parseFilter(request.filter ?? '', versionVocabulary);
  const orders = parseOrderBy(request.orderBy, versionVocabulary);
  const ordering = orderingOf(orders);
  const after = placeIn(request, ordering);
  const sources = sourcesOf(ctx, filter, orders, after, request.limit + 1);
  const enough = sources.ordered ? request.limit + 1 : Number.POSITIVE_INFINITY;
  const isBehind = (found: Found): boolean =>
    after === undefined || comparePlaces(ordering.ascending, ordering.placeOf(found), after) > 0;
  const collect = async (pages: Pages): Promise<readonly Found[]> => {
    const found: Found[] = [];
    for await (const page of pages) {
      found.push(...(await fitting(ctx, filter, page.filter(isBehind))));
      if (found.length >= enough) break;
    }
    return found;
  };
  const found = (await Promise.all(sources.pages.map(collect))).flat();
  const page = pageOf(
    found,
    request,
    ordering,
    ({ row }) => bytesOf(row.item) + farBytes(row.tags),
  );
  const items = await shownVersions(ctx, page.items);
  return { ...page, items };
}
