import type { Context } from '#kernel/context.ts';
import type { Filter, Order } from '#kernel/filter/ast.ts';
import { parseOrderBy } from '#kernel/filter/order.ts';
import { parseFilter } from '#kernel/filter/parse.ts';
import type { QueryPosition } from '#kernel/table.ts';
import { latestRows, shownModels } from './assemble.ts';
import { groupsInOrder } from './find.ts';
import { type ModelRow, readModelRow, registryKeys, type VersionRow } from './registry.items.ts';
import type { RegisteredModel } from './schemas.ts';
import {
  type Candidate,
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
import { modelVocabulary, requiredValues } from './vocabulary.ts';

/** Rows that a query reads at a time, at most. */
const PAGE = 1_000;

interface Found extends Candidate {
  readonly row: ModelRow;
}

const foundOf = (row: ModelRow): Found => ({
  row,
  modelId: row.id,
  tags: row.tags,
  attribute: (key) => (key === 'name' ? row.name : undefined),
});

const valueFor = ({ row }: Found, { field }: Order): string | number => {
  if (field.key === 'creation_timestamp') return row.createdOn;
  return field.key === 'last_updated_timestamp' ? row.updatedOn : row.item.sk;
};

/** By name in the end, as the rows of a group lie; names are unique in a group alone. */
function orderingOf(orders: readonly Order[]): Ordering<Found> {
  const byName = orders.some(({ field }) => field.key === 'name');
  return {
    placeOf: (found) => [
      ...orders.map((order) => valueFor(found, order)),
      ...(byName ? [] : [found.row.item.sk]),
      found.row.groupId,
    ],
    ascending: [...orders.map(({ ascending }) => ascending), ...(byName ? [] : [true]), true],
  };
}

interface Scan {
  readonly groupId: number;
  readonly filter: Filter | undefined;
  readonly descending: boolean;
  /** The name to begin at, where rows come in the order of the answer. */
  readonly from?: string;
  /** As many as the page needs at most; all of them where rows come in another order. */
  readonly enough: number;
  readonly isBehind: (found: Found) => boolean;
}

/** The models of a group that fit, by name. */
async function modelsOfGroup(ctx: Context, scan: Scan): Promise<readonly Found[]> {
  const { groupId, descending, from } = scan;
  const start = registryKeys.modelsFrom('');
  const end = registryKeys.modelsFrom('\u{10ffff}');
  const sk = descending ? { from: start, to: from ?? end } : { from: from ?? start, to: end };
  const found: Found[] = [];
  let after: QueryPosition | undefined;
  do {
    const page = await ctx.table.query({
      pk: registryKeys.ofGroup(groupId),
      sk,
      order: descending ? 'descending' : 'ascending',
      limit: Math.min(PAGE, scan.enough),
      ...(after === undefined ? {} : { after }),
    });
    const rows = page.items.map((item) => foundOf(readModelRow(item))).filter(scan.isBehind);
    found.push(...(await fitting(ctx, scan.filter, rows)));
    after = page.next;
  } while (after !== undefined && found.length < scan.enough);
  return found;
}

/** The models of these names, in any of the caller's groups. */
async function modelsNamed(
  ctx: Context,
  names: readonly string[],
  filter: Filter | undefined,
): Promise<readonly Found[]> {
  const keys = groupsInOrder(ctx).flatMap((groupId) =>
    names.map((name) => registryKeys.model(groupId, name)),
  );
  const items = await ctx.table.batchGet(keys);
  const rows = items.flatMap((item) => (item === undefined ? [] : [foundOf(readModelRow(item))]));
  return fitting(ctx, filter, rows);
}

async function candidates(
  ctx: Context,
  filter: Filter | undefined,
  orders: readonly Order[],
  after: Place | undefined,
  request: SearchRequest,
): Promise<readonly Found[]> {
  const names = requiredValues(filter, 'name');
  if (names !== undefined) return modelsNamed(ctx, names, filter);
  const [first] = orders;
  const { placeOf, ascending } = orderingOf(orders);
  const isOrdered = first === undefined || first.field.key === 'name';
  const scan = {
    filter,
    descending: isOrdered && first?.ascending === false,
    enough: isOrdered ? request.limit + 1 : Number.POSITIVE_INFINITY,
    isBehind: (found: Found) =>
      after === undefined || comparePlaces(ascending, placeOf(found), after) > 0,
    ...(isOrdered && after !== undefined ? { from: String(after[0]) } : {}),
  };
  const groups = groupsInOrder(ctx).map((groupId) => modelsOfGroup(ctx, { ...scan, groupId }));
  return (await Promise.all(groups)).flat();
}

const sizeOf = (found: Found, latest: ReadonlyMap<string, readonly VersionRow[]>): number =>
  [found.row, ...(latest.get(found.row.id) ?? [])].reduce(
    (sum, { item, tags }) => sum + bytesOf(item) + farBytes(tags),
    0,
  );

/** Registered models of all groups that the caller may read, by name unless asked for otherwise. */
export async function searchRegisteredModels(
  ctx: Context,
  request: SearchRequest,
): Promise<SearchPage<RegisteredModel>> {
  const filter = parseFilter(request.filter ?? '', modelVocabulary);
  const orders = parseOrderBy(request.orderBy, modelVocabulary);
  const ordering = orderingOf(orders);
  const after = placeIn(request, ordering);
  const found = await candidates(ctx, filter, orders, after, request);
  const ask = pageOf(found, request, ordering, () => 0);
  const latest = await latestRows(
    ctx,
    ask.items.map(({ row }) => row),
  );
  const page = pageOf(found, request, ordering, (each) => sizeOf(each, latest));
  const models = await shownModels(
    ctx,
    page.items.map(({ row }) => row),
    latest,
  );
  return { ...page, items: models };
}
