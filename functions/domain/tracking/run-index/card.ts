import { remembering, rememberingOf } from '#kernel/remembering.ts';
import { valueOfRank } from '../ordered.ts';
import type { RunDetail, RunInputs } from '../run-detail.ts';
import type { Entry, Run } from '../schemas.ts';
import { finite } from './place.ts';

type Pair = readonly [name: string, value: string];

/**
 * A run as searches see it. `more`: it holds too much for a card; what is missing is in the run's own
 * partition.
 */
export interface Card {
  readonly run: Run;
  readonly more?: true;
  /** Of each metric the rank of its latest point; see ordered.ts. */
  readonly ranks: readonly Pair[];
  readonly params: readonly Pair[];
  readonly tags: readonly Pair[];
  readonly inputs?: RunInputs;
}

/** Larger cards would make pages of runs slow; such runs are read by themselves. */
const MAX_CARD_BYTES = 24 * 1024;

const toPair = ({ key, value }: Entry): Pair => [key, value];

/** Whether there is anything that a run took in or gave out. */
const hasInputs = ({ datasets, models, outputs }: RunInputs): boolean =>
  datasets.length + models.length + outputs.length > 0;

export const cardOf = (detail: RunDetail): Card => ({
  run: detail.run,
  ranks: detail.ranks,
  params: detail.params.map(toPair),
  tags: detail.tags.map(toPair),
  ...(hasInputs(detail.inputs) ? { inputs: detail.inputs } : {}),
});

/** The card as text; of a run that holds too much only what its row says. */
export function encodeCard(card: Card): string {
  const text = JSON.stringify(card);
  if (Buffer.byteLength(text) <= MAX_CARD_BYTES) return text;
  return JSON.stringify({ run: card.run, more: true, ranks: [], params: [], tags: [] });
}

/** Of a few thousand runs, which pages of searches show again and again. */
const REMEMBERED = 2_000_000;

export const decodeCard = remembering((text) => JSON.parse(text) as Card, REMEMBERED);

/** How long a card is as text. */
export const lengthOf = rememberingOf((card: Card) => JSON.stringify(card).length);

/** The value of the metric with this rank; of infinities the largest doubles. */
export const rankValue = (rank: string): number => finite(valueOfRank(rank));

const valueIn = (pairs: readonly Pair[], name: string): string | undefined =>
  pairs.find(([key]) => key === name)?.[1];

/** What a card says of a metric, a param or a tag; `undefined` where it has none of that name. */
export const metricOf = ({ ranks }: Card, name: string): number | undefined => {
  const rank = valueIn(ranks, name);
  return rank === undefined ? undefined : rankValue(rank);
};
export const paramOf = ({ params }: Card, name: string): string | undefined =>
  valueIn(params, name);
export const tagOf = ({ tags }: Card, name: string): string | undefined => valueIn(tags, name);
