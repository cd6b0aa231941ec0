import { invalid } from '#kernel/errors.ts';
import type { Comparison, Filter } from '#kernel/filter/ast.ts';
import { isRunId } from '#kernel/ids.ts';
import { compareText } from '#kernel/text-order.ts';
import type { IndexKey } from '../run-index/index.items.ts';
import { END, LAST, orderedNumber, orderedText } from '../run-index/place.ts';
import { indexKeyOf } from './order.ts';
import type { Range } from './scan.ts';

/** What of a filter the index can answer: runs with such values of one key. */
export interface Condition {
  readonly key: IndexKey;
  readonly range: Range;
  /** All its runs have one value: they stand in the default order. */
  readonly isOneValue: boolean;
}

/** All sort keys of entries. */
export const EVERYTHING: Range = { from: END, to: LAST };
/** The first of the values that are no numbers. */
export const NOT_A_NUMBER = orderedNumber(Number.NaN);
export const NUMBERS: Range = { from: '0', to: NOT_A_NUMBER };

const ofValue = (value: string): Range => ({ from: `${value}${END}`, to: `${value}${END}${LAST}` });

/** The comparisons that all must hold. */
export function conjuncts(filter: Filter | undefined): readonly Comparison[] {
  if (filter === undefined || filter.kind === 'not') return [];
  if (filter.kind === 'comparison') return [filter];
  if (filter.kind === 'all') return filter.of.flatMap(conjuncts);
  const [only] = filter.of;
  return filter.of.length === 1 ? conjuncts(only) : [];
}

function numberRange({ operator, value }: Comparison): Range | undefined {
  if (typeof value !== 'number') return undefined;
  const at = orderedNumber(value);
  const after = `${at}${END}${LAST}`;
  switch (operator) {
    case '=':
      return ofValue(at);
    case '>':
      return { ...NUMBERS, from: after };
    case '>=':
      return { ...NUMBERS, from: at };
    case '<':
      return { ...NUMBERS, to: at };
    case '<=':
      return { ...NUMBERS, to: after };
    default:
      return undefined;
  }
}

/** Values of the key that a comparison leaves; `undefined` where it says nothing of them. */
function rangeOf(comparison: Comparison): Range | undefined {
  const { value, operator } = comparison;
  if (typeof value === 'string' && operator === '=') return ofValue(orderedText(value));
  return numberRange(comparison);
}

const overlap = (a: Range, b: Range): Range => ({
  from: compareText(a.from, b.from) > 0 ? a.from : b.from,
  to: compareText(a.to, b.to) < 0 ? a.to : b.to,
});

const nameOf = ({ kind, name }: IndexKey): string => `${kind}#${name}`;

/** The conditions of a filter, one for each key. */
export function conditionsOf(filter: Filter | undefined): readonly Condition[] {
  const found = new Map<string, Condition>();
  for (const comparison of conjuncts(filter)) {
    const key = indexKeyOf(comparison);
    const range = rangeOf(comparison);
    if (key === undefined || range === undefined) continue;
    const before = found.get(nameOf(key));
    const isOneValue = comparison.operator === '=' || before?.isOneValue === true;
    const both = before === undefined ? range : overlap(before.range, range);
    found.set(nameOf(key), { key, range: both, isOneValue });
  }
  return [...found.values()];
}

export const isAbout = (condition: Condition, key: IndexKey | undefined): boolean =>
  key !== undefined && nameOf(condition.key) === nameOf(key);

/** Whether a filter says nothing but which values of one key are asked for. */
export function isAllAbout(filter: Filter, key: IndexKey | undefined): boolean {
  if (key === undefined || filter.kind === 'not') return false;
  if (filter.kind !== 'comparison') {
    const isAll = filter.kind === 'all' || filter.of.length === 1;
    return isAll && filter.of.every((part) => isAllAbout(part, key));
  }
  const own = indexKeyOf(filter);
  return own !== undefined && nameOf(own) === nameOf(key) && rangeOf(filter) !== undefined;
}

/** Each is read by itself. */
const MOST_NAMED = 1_000;

/** Runs that the filter names by their ids; `undefined` where it names none. */
export function namedRuns(filter: Filter | undefined): readonly string[] | undefined {
  for (const { field, operator, value } of conjuncts(filter)) {
    if (field.entity !== 'attribute' || field.key !== 'run_id') continue;
    if (operator === '=' && typeof value === 'string') return [value].filter(isRunId);
    if (operator !== 'IN' || !Array.isArray(value)) continue;
    const ids = [...new Set(value.map(String))].filter(isRunId);
    if (ids.length <= MOST_NAMED) return ids;
    throw invalid('filter', `A filter may name ${MOST_NAMED} runs: it names ${ids.length}.`);
  }
  return undefined;
}

/** Start times that the filter leaves, in milliseconds. */
export function startTimes(filter: Filter | undefined): {
  readonly from: number;
  readonly to: number;
} {
  let from = 0;
  let to = Number.MAX_SAFE_INTEGER;
  for (const { field, operator, value } of conjuncts(filter)) {
    if (field.entity !== 'attribute' || field.key !== 'start_time') continue;
    if (typeof value !== 'number') continue;
    if (operator === '=' || operator === '>' || operator === '>=') from = Math.max(from, value);
    if (operator === '=' || operator === '<' || operator === '<=') to = Math.min(to, value);
  }
  return { from, to };
}
