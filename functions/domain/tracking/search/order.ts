import type { Order } from '#kernel/filter/ast.ts';
import { compareText } from '#kernel/text-order.ts';
import { type Card, metricOf, paramOf, tagOf } from '../run-index/card.ts';
import type { IndexKey } from '../run-index/index.items.ts';
import { orderedNumber, orderedText, tailOf } from '../run-index/place.ts';
import { attributeOf } from './fields.ts';

/**
 * Where a run stands in an order: for each clause whether it has such a value (0), it is no number (1)
 * or it is missing (2), and the value as it stands in sort keys; then what decides between equals.
 */
export interface Place {
  readonly ranks: readonly (readonly [phase: number, value: string])[];
  readonly tail: string;
}

const MISSING = [2, ''] as const;
const NOT_A_NUMBER = [1, ''] as const;

function rankIn(card: Card, { field }: Order): readonly [number, string] {
  if (field.entity === 'metric') {
    const value = metricOf(card, field.key);
    if (value === undefined) return MISSING;
    return Number.isNaN(value) ? NOT_A_NUMBER : [0, orderedNumber(value)];
  }
  const value =
    field.entity === 'param'
      ? paramOf(card, field.key)
      : field.entity === 'tag'
        ? tagOf(card, field.key)
        : attributeOf(card.run, field.key);
  if (value === undefined) return MISSING;
  return [0, typeof value === 'number' ? orderedNumber(value) : orderedText(value)];
}

export const placeOf = (card: Card, orders: readonly Order[]): Place => ({
  ranks: orders.map((order) => rankIn(card, order)),
  tail: tailOf(card.run),
});

/** Which of two places comes first. */
export function comparePlaces(a: Place, b: Place, orders: readonly Order[]): number {
  for (const [at, { ascending }] of orders.entries()) {
    const [phaseA, valueA] = a.ranks[at] ?? MISSING;
    const [phaseB, valueB] = b.ranks[at] ?? MISSING;
    if (phaseA !== phaseB) return phaseA - phaseB;
    const way = compareText(valueA, valueB);
    if (way !== 0) return ascending ? way : -way;
  }
  return a.tail < b.tail ? -1 : a.tail > b.tail ? 1 : 0;
}

/** The partition of the index that has an order; none where all must be read. */
export function indexKeyOf({ field }: Pick<Order, 'field'>): IndexKey | undefined {
  const { entity, key } = field;
  if (entity === 'metric' || entity === 'param' || entity === 'tag') {
    return { kind: entity, name: key };
  }
  if (entity !== 'attribute') return undefined;
  if (key === 'status' || key === 'end_time') return { kind: 'attribute', name: key };
  return key === 'run_name' ? { kind: 'tag', name: 'mlflow.runName' } : undefined;
}

const isDefault = ({ field, ascending }: Order): boolean =>
  field.entity === 'attribute' &&
  ((field.key === 'start_time' && !ascending) || (field.key === 'run_id' && ascending));

/** The clauses that matter: what equals fall back to anyway need not be said. */
export function effective(orders: readonly Order[]): readonly Order[] {
  const last = orders.findLastIndex((order) => !isDefault(order));
  const rest = orders.slice(last + 1);
  // By id alone is another order than by start and then id.
  const [first] = rest;
  return first?.field.key === 'run_id' ? orders : orders.slice(0, last + 1);
}
