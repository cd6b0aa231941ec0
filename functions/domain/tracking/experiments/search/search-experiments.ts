import { type Context, readableGroups } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import type { Filter, Order } from '#kernel/filter/ast.ts';
import { type FieldValue, matches } from '#kernel/filter/matches.ts';
import { parseOrderBy } from '#kernel/filter/order.ts';
import { parseFilter } from '#kernel/filter/parse.ts';
import { compareValues } from '#kernel/search/sort.ts';
import { experimentIdOf } from '../experiment-ids.ts';
import type { TrackedExperiment } from '../tracked.ts';
import { type Candidate, candidatesOf, type ExperimentView, withTags } from './candidates.ts';
import { asksTags, experimentVocabulary, withIds } from './vocabulary.ts';

/** A page ends where its texts come to this many characters, so that every way in can carry it. */
const MAX_TEXT = 3_000_000;
/** What an experiment takes beside its texts, in characters. */
const FIXED_TEXT = 250;
/** Experiments whose tags are read at once where lists do not hold them, and that are looked at at once. */
const AT_ONCE = 200;
const MOST_AT_ONCE = 2_000;

export interface ExperimentPage {
  readonly experiments: readonly TrackedExperiment[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}

type Value = string | number;
/** Where an experiment stands in an order: what it is ordered by, and its id. */
type Place = readonly Value[];

const attributes: { readonly [name: string]: (experiment: Candidate) => Value } = {
  name: ({ name }) => name,
  experiment_id: ({ id }) => id,
  creation_time: ({ createdOn }) => createdOn,
  last_update_time: ({ changedOn }) => changedOn,
};

const valueFor = (experiment: Candidate, key: string): Value => attributes[key]?.(experiment) ?? 0;

const ordered = (key: string, ascending: boolean): Order => ({
  field: { entity: 'attribute', key },
  ascending,
});

function ordersOf(clauses: readonly string[]): readonly Order[] {
  if (clauses.length === 0) {
    return [ordered('creation_time', false), ordered('experiment_id', true)];
  }
  // Ties fall as they do in the original, where nothing else is asked for.
  return [...parseOrderBy(clauses, experimentVocabulary), ordered('experiment_id', false)];
}

const placeOf = (orders: readonly Order[], experiment: Candidate): Place =>
  orders.map(({ field }) => valueFor(experiment, field.key));

function comparePlaces(orders: readonly Order[], a: Place, b: Place): number {
  for (const [at, { ascending }] of orders.entries()) {
    const difference = compareValues(a[at], b[at]);
    if (difference !== 0) return ascending ? difference : -difference;
  }
  return 0;
}

function readPlace(orders: readonly Order[], text: string): Place {
  const place: unknown = JSON.parse(text);
  if (Array.isArray(place) && place.length === orders.length) return place as Place;
  throw invalid('page_token', 'Invalid page token.');
}

/** The experiments from a place on, in order. */
function inOrder(
  orders: readonly Order[],
  all: readonly Candidate[],
  after: Place | undefined,
): readonly Candidate[] {
  const placed = all.map((experiment) => ({ experiment, place: placeOf(orders, experiment) }));
  const rest =
    after === undefined
      ? placed
      : placed.filter(({ place }) => comparePlaces(orders, place, after) > 0);
  return rest
    .sort((a, b) => comparePlaces(orders, a.place, b.place))
    .map(({ experiment }) => experiment);
}

const reader =
  (experiment: Candidate) =>
  ({ entity, key }: { readonly entity: string; readonly key: string }): FieldValue => {
    if (entity === 'tag') return experiment.tags?.find((tag) => tag.key === key)?.value;
    return key === 'experiment_id' ? String(experiment.id) : valueFor(experiment, key);
  };

/** Portions of which so many need reading; what lists tell whole costs nothing. */
function* portions(all: readonly Candidate[]): Generator<readonly Candidate[]> {
  let portion: Candidate[] = [];
  let unread = 0;
  for (const experiment of all) {
    portion.push(experiment);
    if (experiment.tags === undefined) unread += 1;
    if (unread < AT_ONCE && portion.length < MOST_AT_ONCE) continue;
    yield portion;
    [portion, unread] = [[], 0];
  }
  yield portion;
}

/** The first of them that fit, one more than a page holds; tags are read only until there are enough. */
async function fitting(
  ctx: Context,
  all: readonly Candidate[],
  filter: Filter | undefined,
  limit: number,
): Promise<readonly Candidate[]> {
  if (filter === undefined) return all.slice(0, limit + 1);
  const fits = (experiment: Candidate) => matches(filter, reader(experiment));
  if (!asksTags(filter)) return all.filter(fits).slice(0, limit + 1);
  const found: Candidate[] = [];
  for (const portion of portions(all)) {
    found.push(...(await withTags(ctx, portion)).filter(fits));
    if (found.length > limit) break;
  }
  return found.slice(0, limit + 1);
}

const textOf = ({ name, tags }: TrackedExperiment): number =>
  tags.reduce((sum, { key, value }) => sum + key.length + value.length, FIXED_TEXT + name.length);

/** As many with their tags as one answer can carry; at least one. */
async function carried(
  ctx: Context,
  page: readonly Candidate[],
): Promise<readonly TrackedExperiment[]> {
  const taken: TrackedExperiment[] = [];
  let room = MAX_TEXT;
  for (const portion of portions(page)) {
    for (const experiment of await withTags(ctx, portion)) {
      room -= textOf(experiment);
      if (room < 0 && taken.length > 0) return taken;
      taken.push(experiment);
    }
  }
  return taken;
}

/**
 * Experiments of the caller's groups that the filter fits, in order; what was written before the
 * call is seen. By default the newest come first. Throws `invalid` (`filter`).
 */
export async function searchExperiments(
  ctx: Context,
  input: {
    readonly view: ExperimentView;
    readonly filter: string;
    readonly orderBy: readonly string[];
    readonly limit: number;
    /** `next` of an earlier page of the same search. */
    readonly after?: string;
  },
): Promise<ExperimentPage> {
  const { view, limit, after } = input;
  const parsed = parseFilter(input.filter, experimentVocabulary);
  const filter = parsed && withIds(parsed, (text) => String(experimentIdOf(ctx, text) ?? text));
  const orders = ordersOf(input.orderBy);
  const from = after === undefined ? undefined : readPlace(orders, after);
  const all = await candidatesOf(ctx, readableGroups(ctx), view);
  const found = await fitting(ctx, inOrder(orders, all, from), filter, limit);
  const experiments = await carried(ctx, found.slice(0, limit));
  const last = experiments.at(-1);
  return {
    experiments,
    ...(experiments.length < found.length && last !== undefined
      ? { next: JSON.stringify(placeOf(orders, last)) }
      : {}),
  };
}
