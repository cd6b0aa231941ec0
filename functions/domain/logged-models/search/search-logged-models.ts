import { searchedExperiments } from '#domain/tracking/index.ts';
import type { Context } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import { matches } from '#kernel/filter/matches.ts';
import { parseFilter } from '#kernel/filter/parse.ts';
import type { LoggedModelDetail } from '../schemas.ts';
import { asksForMetric, fieldValue, isOn, type OnDataset } from './fields.ts';
import { comparing, type OrderClause, ordersOf, type Rank, rankOf } from './order.ts';
import { modelsOfAll } from './scan.ts';
import { modelVocabulary } from './vocabulary.ts';

/** A page in the default order ends after so many models, whether they fit or not. */
const MOST_SEEN = 5_000;
/** In another order all models are looked at, but not more than this. */
const MOST_SORTED = 50_000;
/** Characters of a page: answers stay below the 5 MB that every way in can carry. */
const MOST_TEXT = 1_000_000;
/** Most of what a model or one of its metrics takes beside texts of its own. */
const FIXED_TEXT = 400;

export interface LoggedModelPage {
  readonly models: readonly LoggedModelDetail[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}

export interface LoggedModelSearch {
  readonly experimentIds: readonly number[];
  readonly filter: string;
  /** Only metrics on these count; without a metric in the filter, models that have any on them. */
  readonly datasets: readonly OnDataset[];
  readonly orderBy: readonly OrderClause[];
  readonly limit: number;
  /** `next` of an earlier page of the same search. */
  readonly after?: string;
}

interface Found {
  readonly rank: Rank;
  readonly detail: LoggedModelDetail;
}

function predicateOf({ filter: text, datasets }: LoggedModelSearch) {
  const filter = parseFilter(text, modelVocabulary);
  const needsDataset = datasets.length > 0 && !asksForMetric(filter);
  const onDataset = isOn(datasets);
  return (detail: LoggedModelDetail): boolean =>
    (!needsDataset || detail.metrics.some(onDataset)) &&
    (filter === undefined || matches(filter, (field) => fieldValue(detail, field, datasets)));
}

const sizeOf = ({ params, tags, metrics }: LoggedModelDetail): number =>
  [...params, ...tags].reduce((sum, { key, value }) => sum + key.length + value.length, 0) +
  (metrics.length + 1) * FIXED_TEXT;

/** As much of what was found as one answer can hold. */
function fitting(found: readonly Found[], limit: number): readonly Found[] {
  let room = MOST_TEXT;
  const end = found.findIndex(({ detail }, at) => {
    room -= sizeOf(detail);
    return at >= limit || (room < 0 && at > 0);
  });
  return end < 0 ? found : found.slice(0, end);
}

function pageOf(found: readonly Found[], limit: number, seenUpTo?: Rank): LoggedModelPage {
  const page = fitting(found, limit);
  const next = page.length < found.length ? page.at(-1)?.rank : seenUpTo;
  return {
    models: page.map(({ detail }) => detail),
    ...(next === undefined ? {} : { next: JSON.stringify(next) }),
  };
}

type Models = AsyncGenerator<LoggedModelDetail>;

async function inDefaultOrder(models: Models, search: LoggedModelSearch): Promise<LoggedModelPage> {
  const fits = predicateOf(search);
  const found: Found[] = [];
  let seen = 0;
  for await (const detail of models) {
    const rank = rankOf(detail, []);
    if (fits(detail)) found.push({ rank, detail });
    seen += 1;
    if (found.length > search.limit) break;
    if (seen === MOST_SEEN) return pageOf(found, search.limit, rank);
  }
  return pageOf(found, search.limit);
}

async function inOtherOrder(
  models: Models,
  search: LoggedModelSearch,
  after: Rank | undefined,
): Promise<LoggedModelPage> {
  const fits = predicateOf(search);
  const orders = ordersOf(search.orderBy);
  const compare = comparing(orders);
  const first = (found: Found[]) =>
    found.sort((a, b) => compare(a.rank, b.rank)).slice(0, search.limit + 1);
  let found: Found[] = [];
  let seen = 0;
  for await (const detail of models) {
    seen += 1;
    if (seen > MOST_SORTED) {
      throw invalid(
        'filter',
        `Only ${MOST_SORTED} logged models can be ordered: ask for fewer experiments, or leave order_by out.`,
      );
    }
    const rank = rankOf(detail, orders);
    if ((after !== undefined && compare(rank, after) <= 0) || !fits(detail)) continue;
    found.push({ rank, detail });
    // What cannot be on the page is not kept.
    if (found.length > 2 * search.limit + FIXED_TEXT) found = first(found);
  }
  return pageOf(first(found), search.limit);
}

/**
 * Logged models of experiments that the filter fits, in order; the latest comes first unless asked
 * for otherwise. Experiments that the caller may not see have none. At most `limit` models; a page
 * ends earlier where it would hold or look at too much. Throws `invalid` (`filter`).
 */
export async function searchLoggedModels(
  ctx: Context,
  search: LoggedModelSearch,
): Promise<LoggedModelPage> {
  const experiments = await searchedExperiments(ctx, search.experimentIds);
  const ids = experiments.map(({ experimentId }) => experimentId);
  const after = search.after === undefined ? undefined : (JSON.parse(search.after) as Rank);
  if (search.orderBy.length === 0) {
    return inDefaultOrder(modelsOfAll(ctx, ids, after?.place), search);
  }
  return inOtherOrder(modelsOfAll(ctx, ids, undefined), search, after);
}
