import type { Order } from '#kernel/filter/ast.ts';
import type { Trace } from '../schemas.ts';
import { reader } from './fields.ts';

type Value = string | number | null;

/** What a trace is sorted by: the values of the order, then its time and its id. */
export type Rank = readonly Value[];

function valueIn(trace: Trace, { field }: Order): Value {
  const value = reader(trace)(field);
  const [first = null] = Array.isArray(value) ? value : [value];
  return first as Value;
}

export const rankOf = (trace: Trace, orders: readonly Order[]): Rank => [
  ...orders.map((order) => valueIn(trace, order)),
  trace.time,
  trace.id,
];

const direction = (a: string | number, b: string | number): number => {
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

/** Compares ranks; what is missing comes last in both directions. */
export function compareRanks(a: Rank, b: Rank, orders: readonly Order[]): number {
  const ascending = [...orders.map((order) => order.ascending), false, true];
  for (const [at, isAscending] of ascending.entries()) {
    const [left = null, right = null] = [a[at], b[at]];
    if (left === null && right === null) continue;
    if (left === null || right === null) return left === null ? 1 : -1;
    const difference = direction(left, right);
    if (difference !== 0) return isAscending ? difference : -difference;
  }
  return 0;
}
