import type { Context } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import type { Filter, Order } from '#kernel/filter/ast.ts';
import { matches } from '#kernel/filter/matches.ts';
import { parseOrderBy } from '#kernel/filter/order.ts';
import { parseFilter } from '#kernel/filter/parse.ts';
import { itemSize } from '#kernel/size.ts';
import type { Item } from '#kernel/table.ts';
import { getTraces } from '../get-traces.ts';
import type { Trace } from '../schemas.ts';
import { readTrace } from '../trace.items.ts';
import { reader } from './fields.ts';
import { compareRanks, type Rank, rankOf } from './order.ts';
import { timeOrder, whereOf } from './question.ts';
import { rowsByTime, type Scan } from './scan.ts';
import { traceVocabulary } from './vocabulary.ts';

const MAX_EXPERIMENTS = 100;
/** Traces that one page looks at; behind them it ends, however few it found. */
const MAX_SCANNED = 2_000;
/** The same where all must be known before the first can be told. */
const MAX_SORTED = 5_000;
/** An answer stays below what every way in can carry. */
const MAX_PAGE_BYTES = 3_500_000;
const CHUNK = 250;

export interface TraceSearch {
  readonly experimentIds: readonly number[];
  readonly filter?: string;
  readonly orderBy?: readonly string[];
  readonly limit: number;
  /** Where the page begins: the `next` of the one before. */
  readonly after?: string;
}

export interface TracePage {
  readonly traces: readonly Trace[];
  /** Absent on the last page. A page with it may have fewer traces than it could, even none. */
  readonly next?: string;
}

type Fits = (trace: Trace) => boolean;

const fitting =
  (filter: Filter | undefined): Fits =>
  (trace) =>
    filter === undefined || matches(filter, reader(trace));

async function pageByTime(ctx: Context, scan: Scan, limit: number, fits: Fits): Promise<TracePage> {
  const traces: Trace[] = [];
  let scanned = 0;
  let bytes = 0;
  let last: Item | undefined;
  for await (const row of rowsByTime(ctx, scan)) {
    const isFull = traces.length >= limit || bytes > MAX_PAGE_BYTES || scanned >= MAX_SCANNED;
    if (isFull && last !== undefined) return { traces, next: last.sk };
    last = row;
    scanned += 1;
    const trace = readTrace(row);
    if (!fits(trace)) continue;
    traces.push(trace);
    bytes += itemSize(row);
  }
  return { traces };
}

async function everyTrace(ctx: Context, scan: Scan, fits: Fits): Promise<readonly Trace[]> {
  const traces: Trace[] = [];
  let scanned = 0;
  for await (const row of rowsByTime(ctx, scan)) {
    scanned += 1;
    if (scanned > MAX_SORTED) {
      throw invalid(
        'order',
        `There are more than ${MAX_SORTED} traces to put in this order: narrow timestamp_ms in the filter, or order by timestamp_ms.`,
      );
    }
    const trace = readTrace(row);
    if (fits(trace)) traces.push(trace);
  }
  return traces;
}

function readRank(after: string | undefined): Rank | undefined {
  return after === undefined ? undefined : JSON.parse(after);
}

function pageInOrder(
  traces: readonly Trace[],
  orders: readonly Order[],
  { limit, after }: Pick<TraceSearch, 'limit' | 'after'>,
): TracePage {
  const start = readRank(after);
  const ranked = traces
    .map((trace) => ({ trace, rank: rankOf(trace, orders) }))
    .filter(({ rank }) => start === undefined || compareRanks(rank, start, orders) > 0)
    .sort((a, b) => compareRanks(a.rank, b.rank, orders));
  const page = ranked.slice(0, limit);
  const last = page.at(-1);
  return {
    traces: page.map(({ trace }) => trace),
    ...(last !== undefined && ranked.length > page.length
      ? { next: JSON.stringify(last.rank) }
      : {}),
  };
}

/**
 * Traces of experiments that the caller may see, by time, the latest first, unless another order is
 * asked for. Throws `invalid` for a filter or an order that cannot be understood.
 */
export async function searchTraces(ctx: Context, search: TraceSearch): Promise<TracePage> {
  const { experimentIds, limit, after } = search;
  if (experimentIds.length > MAX_EXPERIMENTS) {
    throw invalid('too_many', `At most ${MAX_EXPERIMENTS} experiments can be searched at once.`);
  }
  const filter = parseFilter(search.filter ?? '', traceVocabulary);
  const orders = parseOrderBy(search.orderBy ?? [], traceVocabulary);
  const where = whereOf(filter);
  const fits = fitting(filter);
  const byTime = timeOrder(orders);
  if (where.id !== undefined) {
    const found = await getTraces(ctx, { ids: [where.id], experimentIds });
    return pageInOrder(found.filter(fits), orders, { limit });
  }
  const scan = { experimentIds, where, latestFirst: byTime !== 'earliest', chunk: CHUNK };
  if (byTime === undefined) {
    return pageInOrder(await everyTrace(ctx, scan, fits), orders, search);
  }
  const chunk = filter === undefined ? Math.min(limit + 1, CHUNK) : CHUNK;
  const start = after === undefined ? {} : { after };
  return pageByTime(ctx, { ...scan, ...start, chunk }, limit, fits);
}
