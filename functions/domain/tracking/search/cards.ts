import type { Context } from '#kernel/context.ts';
import { type Card, decodeCard } from '../run-index/card.ts';
import { indexKeys } from '../run-index/index.items.ts';
import { runOfTail } from '../run-index/place.ts';
import { readCards } from './lagging-runs.ts';
import type { Candidate } from './source.ts';

/** The cards of candidates, in their order; a run that is gone by now has none. */
export async function loadCards(
  ctx: Context,
  candidates: readonly Candidate[],
): Promise<readonly (Card | undefined)[]> {
  const unknown = candidates.filter(({ card }) => card === undefined);
  const items =
    unknown.length === 0
      ? []
      : await ctx.table.batchGet(
          unknown.map(({ shelf, tail }) => indexKeys.card(shelf, tail)),
          { eventual: true },
        );
  const cards = new Map<string, Card>();
  for (const [at, { tail }] of unknown.entries()) {
    const text = items[at]?.card;
    if (typeof text === 'string') cards.set(tail, decodeCard(text));
  }
  const known = candidates.map(({ card, tail }) => card ?? cards.get(tail));
  // What holds too much for a card, and what was moved since the index was read.
  const partial = candidates.flatMap(({ tail }, at) =>
    known[at] === undefined || known[at].more === true ? [runOfTail(tail)] : [],
  );
  const whole = new Map((await readCards(ctx, partial)).map((card) => [card.run.id, card]));
  return candidates.map(({ tail }, at) => whole.get(runOfTail(tail)) ?? known[at]);
}
