import type { Context } from '#kernel/context.ts';
import { shelfOf } from '../run-index/entries.ts';
import { indexKeys } from '../run-index/index.items.ts';
import { remembered } from './answers.ts';
import { loadCards } from './cards.ts';
import { type Condition, conditionsOf, isAbout, namedRuns, startTimes } from './conditions.ts';
import { laggingRuns, readCards } from './lagging-runs.ts';
import { indexKeyOf } from './order.ts';
import { selectRuns } from './probe.ts';
import { type Found, foundIn, merged, type Question, sortedFinds } from './question.ts';
import type { Searched } from './shelves.ts';
import { type Candidate, type Source, sourceOf } from './source.ts';
import { type Fresh, type WalkResult, walk, withFresh } from './walk.ts';

/** So many selected runs are read and sorted, whatever their order. */
const MOST_SORTED = 300;
/** The same where no index has the order, so that all runs would have to be read otherwise. */
const MOST_SORTED_UNINDEXED = 1_000;
/** Cards of one step through all runs. */
const STEP = 1_000;

/** Only runs of the shelves that are searched. */
function onShelves(question: Question): (found: Found) => boolean {
  const places = new Set(question.shelves.map(indexKeys.cards));
  return ({ card }) => places.has(indexKeys.cards(shelfOf(card)));
}

/** Runs whose entries may lag behind, as they are. */
async function freshRuns(
  ctx: Context,
  question: Question,
  searched: readonly Searched[],
): Promise<Fresh> {
  const lists = await Promise.all(
    searched.map(({ experimentId, shards }) => laggingRuns(ctx, experimentId, shards)),
  );
  const lagging = lists.flat();
  const cards = await readCards(ctx, lagging);
  const found = sortedFinds(question, cards).filter(onShelves(question));
  return { lagging: new Set(lagging), found };
}

/** Runs that the filter names, as they are. */
async function findNamed(
  ctx: Context,
  question: Question,
  runIds: readonly string[],
): Promise<WalkResult> {
  const cards = await readCards(ctx, runIds);
  return { found: sortedFinds(question, cards).filter(onShelves(question)) };
}

/** Those of the selected runs that the index has right. */
async function sortSelected(
  ctx: Context,
  question: Question,
  selected: readonly Candidate[],
  { lagging }: Fresh,
): Promise<WalkResult> {
  const cards = await loadCards(ctx, selected);
  const right = cards.filter((card) => card !== undefined && !lagging.has(card.run.id));
  const found = sortedFinds(
    question,
    right.filter((card) => card !== undefined),
  );
  return { found };
}

/** Reads every run that the index knows and keeps the first of those that are asked for. */
async function findAmongAll(
  ctx: Context,
  question: Question,
  { lagging }: Fresh,
): Promise<WalkResult> {
  const wanted = question.limit + 1;
  let best: readonly Found[] = [];
  const starts = startTimes(question.filter);
  for (const shelf of question.shelves) {
    const source = sourceOf(ctx, shelf, { conditions: [], starts });
    for (let done = false; !done; ) {
      const step = await source(STEP);
      done = step.done;
      const known = step.candidates.filter(({ card }) => !lagging.has(card?.run.id ?? ''));
      const cards = await loadCards(ctx, known);
      const found = cards.flatMap((card) => (card && foundIn(question, card)) ?? []);
      best = merged(question, best, sorted(question, found)).slice(0, wanted);
    }
  }
  return { found: best };
}

const sorted = (question: Question, found: readonly Found[]): readonly Found[] =>
  sortedFinds(
    question,
    found.map(({ card }) => card),
  );

/** The selected runs in the default order. */
function sourceOfList(question: Question, selected: readonly Candidate[]): Source {
  const { after } = question;
  const rest = selected
    .filter(({ tail }) => after === undefined || tail > after.tail)
    .sort((a, b) => (a.tail < b.tail ? -1 : 1))
    .map((candidate) => ({ ...candidate, place: { ranks: [], tail: candidate.tail } }));
  return async (limit) => {
    const candidates = rest.splice(0, limit);
    return { candidates, done: rest.length === 0 };
  };
}

/** Leaves only the selected runs of what a source names. */
const among = (source: Source, selected: readonly Candidate[]): Source => {
  const tails = new Set(selected.map(({ tail }) => tail));
  return async (limit) => {
    const { candidates, done } = await source(limit);
    return { candidates: candidates.filter(({ tail }) => tails.has(tail)), done };
  };
};

/** Along the index of the order, or through all runs where there is none. */
async function findInOrder(
  ctx: Context,
  question: Question,
  conditions: readonly Condition[],
  selected: readonly Candidate[] | undefined,
  fresh: Promise<Fresh>,
): Promise<WalkResult> {
  const { orders, shelves, after } = question;
  const [order] = orders;
  const isIndexed =
    order === undefined ||
    (orders.length === 1 && (indexKeyOf(order) !== undefined || order.field.key === 'start_time'));
  if (order !== undefined && selected !== undefined) {
    const most = isIndexed ? MOST_SORTED : MOST_SORTED_UNINDEXED;
    if (selected.length <= most) return sortSelected(ctx, question, selected, await fresh);
  }
  if (!isIndexed) return findAmongAll(ctx, question, await fresh);
  if (order === undefined && selected !== undefined) {
    return walk(ctx, question, [sourceOfList(question, selected)], fresh);
  }
  const starts = startTimes(question.filter);
  const sources = shelves.map((shelf) => {
    const source = sourceOf(ctx, shelf, { order, conditions, starts, after });
    return selected === undefined ? source : among(source, selected);
  });
  return walk(ctx, question, sources, fresh);
}

/** What the index tells, by the way that reads least. */
async function findInIndex(
  ctx: Context,
  question: Question,
  fresh: Promise<Fresh>,
): Promise<WalkResult> {
  const conditions = conditionsOf(question.filter);
  const [order] = question.orders;
  const orderKey = order === undefined ? undefined : indexKeyOf(order);
  const others = conditions.filter((condition) => !isAbout(condition, orderKey));
  const selected =
    others.length === 0 ? undefined : await selectRuns(ctx, question.shelves, others);
  return findInOrder(ctx, question, conditions, selected, fresh);
}

/** Finds the runs that a question asks for, in order: a page of them and one more where there are more. */
export async function findRuns(
  ctx: Context,
  question: Question,
  searched: readonly Searched[],
): Promise<WalkResult> {
  const named = namedRuns(question.filter);
  if (named !== undefined) return findNamed(ctx, question, named);
  const fresh = freshRuns(ctx, question, searched);
  // Whoever fails first tells; the other must not count as unseen.
  fresh.catch(() => undefined);
  const own = await remembered(ctx, question, fresh, () => findInIndex(ctx, question, fresh));
  return withFresh(question, own, await fresh);
}
