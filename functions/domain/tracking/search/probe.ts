import type { Context } from '#kernel/context.ts';
import { indexKeys, type Shelf } from '../run-index/index.items.ts';
import { END } from '../run-index/place.ts';
import type { Condition } from './conditions.ts';
import type { Candidate } from './source.ts';

/** A condition with fewer runs than this is taken as the list of them. */
const MOST_RUNS = 1_000;

/** Conditions that are looked at, and queries that this may take. */
const MOST_CONDITIONS = 8;
const MOST_QUERIES = 200;

const nameOf = ({ shelf, tail }: Candidate): string =>
  `${shelf.experimentId} ${shelf.stage} ${shelf.shard} ${tail}`;

/** The runs of a condition, where they are few. */
async function fewRuns(
  { table }: Pick<Context, 'table'>,
  shelves: readonly Shelf[],
  condition: Condition,
): Promise<readonly Candidate[] | undefined> {
  const { from, to } = condition.range;
  if (from > to) return [];
  const pages = await Promise.all(
    shelves.map(async (shelf) => ({
      shelf,
      ...(await table.query({
        pk: indexKeys.entries(shelf, condition.key),
        sk: condition.range,
        limit: MOST_RUNS,
        eventual: true,
      })),
    })),
  );
  const found = pages.flatMap(({ shelf, items }) =>
    items.map(({ sk }) => ({ shelf, tail: sk.slice(sk.indexOf(END) + 1) })),
  );
  const isWhole = pages.every(({ next }) => next === undefined) && found.length < MOST_RUNS;
  return isWhole ? found : undefined;
}

/**
 * The runs that fulfil all of those conditions which leave few: with each the search has less to
 * look at. `undefined` where every condition leaves many.
 */
export async function selectRuns(
  ctx: Context,
  shelves: readonly Shelf[],
  conditions: readonly Condition[],
): Promise<readonly Candidate[] | undefined> {
  // The cards show what is left of the others.
  const looked = conditions.slice(0, Math.min(MOST_CONDITIONS, MOST_QUERIES / shelves.length));
  const sets = await Promise.all(looked.map((condition) => fewRuns(ctx, shelves, condition)));
  const [first, ...others] = sets.filter((set) => set !== undefined);
  if (first === undefined) return undefined;
  const names = others.map((set) => new Set(set.map(nameOf)));
  return first.filter((candidate) => names.every((set) => set.has(nameOf(candidate))));
}
