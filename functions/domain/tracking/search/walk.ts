import type { Context } from '#kernel/context.ts';
import { lengthOf } from '../run-index/card.ts';
import { runOfTail } from '../run-index/place.ts';
import { loadCards } from './cards.ts';
import { conditionsOf, isAllAbout } from './conditions.ts';
import { comparePlaces, indexKeyOf, type Place, placeOf } from './order.ts';
import { type Found, foundIn, merged, type Question } from './question.ts';
import type { Candidate, Source } from './source.ts';

/** Most candidates that one call looks at; the next page goes on where it stopped. */
const MOST_LOOKED_AT = 20_000;
/** Most characters of the runs on a page, in JSON. */
export const MOST_TEXT = 3_500_000;
const MOST_AT_ONCE = 1_000;
const LEAST_AT_ONCE = 20;

/** What a walk needs to know of runs that the index may have wrong. */
export interface Fresh {
  readonly lagging: ReadonlySet<string>;
  /** Those of them that are asked for, in order. */
  readonly found: readonly Found[];
}

interface Placed {
  readonly candidate: Candidate;
  readonly place: Place;
}

interface Lane {
  readonly source: Source;
  waiting: Placed[];
  done: boolean;
}

/** Where a candidate stands; one without a place of its own has a card that says so. */
function placed({ orders }: Question, candidate: Candidate): Placed {
  const place = candidate.place ?? (candidate.card && placeOf(candidate.card, orders));
  if (place === undefined) throw new Error('A candidate has neither place nor card.');
  // A card that holds too little to say it belongs to a run that is read anyway.
  return { candidate, place };
}

/** Fills the lanes that have run dry. */
async function refill(lanes: readonly Lane[], question: Question, limit: number): Promise<void> {
  await Promise.all(
    lanes.map(async (lane) => {
      if (lane.waiting.length > 0 || lane.done) return;
      const { candidates, done } = await lane.source(limit);
      lane.waiting = candidates.map((candidate) => placed(question, candidate));
      lane.done = done;
    }),
  );
}

/** The lane whose next candidate comes first; none while one has run dry that may have more. */
function nextLane(lanes: readonly Lane[], { orders }: Question): Lane | undefined {
  let first: Lane | undefined;
  for (const lane of lanes) {
    const [own] = lane.waiting;
    if (own === undefined && !lane.done) return undefined;
    const [best] = first?.waiting ?? [];
    if (own === undefined) continue;
    if (best === undefined || comparePlaces(own.place, best.place, orders) < 0) first = lane;
  }
  return first;
}

/** Takes candidates in order, at most so many, until a lane runs dry that may have more. */
function takeInOrder(lanes: readonly Lane[], question: Question, most: number): readonly Placed[] {
  const [only] = lanes;
  if (lanes.length === 1 && only !== undefined) return only.waiting.splice(0, most);
  const taken: Placed[] = [];
  while (taken.length < most) {
    const next = nextLane(lanes, question)?.waiting.shift();
    if (next === undefined) return taken;
    taken.push(next);
  }
  return taken;
}

/** What was found, in order; `reached`: nothing beyond it was looked at, though there may be more. */
export interface WalkResult {
  readonly found: readonly Found[];
  readonly reached?: Place;
}

/** What the index told of, with those of the lagging runs that come before its end. */
export function withFresh(
  question: Question,
  { found, reached }: WalkResult,
  fresh: Fresh,
): WalkResult {
  if (reached === undefined) return { found: merged(question, found, fresh.found) };
  const there = fresh.found.filter(
    ({ place }) => comparePlaces(place, reached, question.orders) <= 0,
  );
  return { found: merged(question, found, there), reached };
}

/** Which of the candidates are asked for, as their cards say. */
async function check(
  ctx: Context,
  question: Question,
  { lagging }: Fresh,
  taken: readonly Placed[],
): Promise<readonly Found[]> {
  const sure = taken.filter(({ candidate }) => !lagging.has(runOfTail(candidate.tail)));
  const cards = await loadCards(
    ctx,
    sure.map(({ candidate }) => candidate),
  );
  return cards.flatMap((card, at) => {
    const found = card === undefined ? undefined : foundIn(question, card);
    const isMissing = found?.place.ranks[0]?.[0] === 2;
    return found === undefined || (sure[at]?.candidate.lacks === true && !isMissing) ? [] : [found];
  });
}

export const textOf = ({ card }: Found): number => lengthOf(card);

/** Whether all that the sources name is asked for, but for runs that have changed since. */
function isExact({ filter, orders }: Question): boolean {
  if (filter === undefined) return true;
  const [order] = orders;
  const key =
    order === undefined
      ? conditionsOf(filter).find(({ isOneValue }) => isOneValue)?.key
      : indexKeyOf(order);
  return isAllAbout(filter, key);
}

/**
 * Walks along the sources until a page is full and one more is found, or enough was looked at; lagging runs
 * are passed by. `fresh` is awaited only after the first step along the sources has begun.
 */
export async function walk(
  ctx: Context,
  question: Question,
  sources: readonly Source[],
  fresh: Promise<Fresh>,
): Promise<WalkResult> {
  const lanes = sources.map((source): Lane => ({ source, waiting: [], done: false }));
  const wanted = question.limit + 1;
  const exact = isExact(question);
  const step = Math.min(MOST_AT_ONCE, exact ? wanted + 1 : 4 * wanted);
  // Of many lanes each gives its share; it is asked again when it has run dry.
  const first = Math.max(
    Math.ceil(step / Math.max(1, lanes.length)),
    Math.min(step, LEAST_AT_ONCE),
  );
  const [known] = await Promise.all([fresh, refill(lanes, question, first)]);
  const found: Found[] = [];
  let lookedAt = 0;
  let text = 0;
  let reached: Place | undefined;
  while (found.length < wanted && lookedAt < MOST_LOOKED_AT && text < MOST_TEXT) {
    const most = exact ? wanted - found.length + known.lagging.size : step;
    const taken = takeInOrder(lanes, question, Math.min(most, MOST_AT_ONCE));
    if (taken.length === 0) {
      if (lanes.every(({ done, waiting }) => done && waiting.length === 0)) {
        return { found };
      }
      await refill(lanes, question, lanes.length === 1 ? MOST_AT_ONCE : first);
      continue;
    }
    const more = await check(ctx, question, known, taken);
    found.push(...more);
    text += more.reduce((sum, each) => sum + textOf(each), 0);
    lookedAt += taken.length;
    reached = taken.at(-1)?.place;
  }
  return { found, ...(reached === undefined ? {} : { reached }) };
}
