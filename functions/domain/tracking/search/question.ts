import { invalid } from '#kernel/errors.ts';
import type { Filter, Order } from '#kernel/filter/ast.ts';
import { matches } from '#kernel/filter/matches.ts';
import { parseOrderBy } from '#kernel/filter/order.ts';
import { parseFilter } from '#kernel/filter/parse.ts';
import type { Card } from '../run-index/card.ts';
import type { Shelf } from '../run-index/index.items.ts';
import { readField } from './fields.ts';
import { comparePlaces, effective, type Place, placeOf } from './order.ts';
import { runVocabulary } from './run-vocabulary.ts';

/** A run that a search found. */
export interface Found {
  readonly card: Card;
  readonly place: Place;
}

/** What a search of runs asks for. */
export interface Question {
  /** The same for the same question. */
  readonly text: string;
  readonly shelves: readonly Shelf[];
  readonly filter: Filter | undefined;
  /** The clauses that matter; none for the default order. */
  readonly orders: readonly Order[];
  readonly after: Place | undefined;
  readonly limit: number;
}

const asPlace = (text: string): Place => JSON.parse(text) as Place;

export function questionOf(input: {
  readonly shelves: readonly Shelf[];
  readonly filter: string;
  readonly orderBy: readonly string[];
  readonly after?: string | undefined;
  readonly limit: number;
}): Question {
  const { shelves, limit, after } = input;
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw invalid('max_results', 'max_results: use a positive integer.');
  }
  return {
    text: JSON.stringify([shelves, input.filter, input.orderBy, after, limit]),
    shelves,
    filter: parseFilter(input.filter, runVocabulary),
    orders: effective(parseOrderBy(input.orderBy, runVocabulary)),
    after: after === undefined ? undefined : asPlace(after),
    limit,
  };
}

/** Finds a run where it is one that the question asks for and that comes after its place. */
export function foundIn({ filter, orders, after }: Question, card: Card): Found | undefined {
  if (filter !== undefined && !matches(filter, (field) => readField(card, field))) return undefined;
  const place = placeOf(card, orders);
  if (after !== undefined && comparePlaces(place, after, orders) <= 0) return undefined;
  return { card, place };
}

/** Those of `cards` that are asked for, in order. */
export const sortedFinds = (question: Question, cards: readonly Card[]): readonly Found[] =>
  cards
    .flatMap((card) => foundIn(question, card) ?? [])
    .sort((a, b) => comparePlaces(a.place, b.place, question.orders));

/** Two lists in order as one. */
export function merged(
  { orders }: Pick<Question, 'orders'>,
  left: readonly Found[],
  right: readonly Found[],
): readonly Found[] {
  if (right.length === 0) return left;
  const all: Found[] = [];
  let at = 0;
  for (const found of left) {
    for (; at < right.length; at += 1) {
      const other = right[at];
      if (other === undefined || comparePlaces(other.place, found.place, orders) > 0) break;
      all.push(other);
    }
    all.push(found);
  }
  return [...all, ...right.slice(at)];
}
