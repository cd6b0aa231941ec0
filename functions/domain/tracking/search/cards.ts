import type { Context } from '#kernel/context.ts';
import { type Card, decodeCard } from '../run-index/card.ts';
import { indexKeys } from '../run-index/index.items.ts';
import { REMEMBERED_MS } from '../run-index/lagging.ts';
import { runOfTail } from '../run-index/place.ts';
import { readCards } from './lagging-runs.ts';
import type { Candidate } from './source.ts';

/** More cards than a page has are not kept: they would push out all else that a process remembers. */
const MOST_KEPT = 300;

const cacheKey = ({ shelf, tail }: Candidate): string => `card:${indexKeys.cards(shelf)}#${tail}`;

/** Cards from the table, as it is or was at most {@link REMEMBERED_MS} ago. */
async function readByKeys(
  ctx: Context,
  candidates: readonly Candidate[],
): Promise<ReadonlyMap<string, Card>> {
  const cards = new Map<string, Card>();
  for (const candidate of candidates) {
    const card = ctx.cache.get<Card>(cacheKey(candidate));
    if (card !== undefined) cards.set(candidate.tail, card);
  }
  const others = candidates.filter(({ tail }) => !cards.has(tail));
  if (others.length === 0) return cards;
  const keys = others.map(({ shelf, tail }) => indexKeys.card(shelf, tail));
  const items = await ctx.table.batchGet(keys, { eventual: true });
  for (const [at, candidate] of others.entries()) {
    const text = items[at]?.card;
    if (typeof text !== 'string') continue;
    const card = decodeCard(text);
    cards.set(candidate.tail, card);
    if (others.length <= MOST_KEPT) ctx.cache.set(cacheKey(candidate), card, REMEMBERED_MS / 1000);
  }
  return cards;
}

/** The cards of candidates, in their order; a run that is gone by now has none. */
export async function loadCards(
  ctx: Context,
  candidates: readonly Candidate[],
): Promise<readonly (Card | undefined)[]> {
  const cards = await readByKeys(
    ctx,
    candidates.filter(({ card }) => card === undefined),
  );
  const known = candidates.map(({ card, tail }) => card ?? cards.get(tail));
  // What holds too much for a card, and what was moved since the index was read.
  const partial = candidates.flatMap(({ tail }, at) =>
    known[at] === undefined || known[at].more === true ? [runOfTail(tail)] : [],
  );
  const whole = new Map((await readCards(ctx, partial)).map((card) => [card.run.id, card]));
  return candidates.map(({ tail }, at) => whole.get(runOfTail(tail)) ?? known[at]);
}
