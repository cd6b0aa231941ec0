import { matchesPattern } from '../search/pattern.ts';
import type { Comparison, Field, Filter } from './ast.ts';
import { likePattern } from './like.ts';

type One = string | number;

/** What a field holds: one value, many of which any may fit, or nothing. */
export type FieldValue = One | readonly One[] | undefined;

/** Tells what a row holds in a field. */
export type ReadField = (field: Field) => FieldValue;

type Test = (value: One) => boolean;

/** Numbers are compared with numbers only; NaN differs from everything. */
function compared({ operator, value }: Comparison): Test {
  if (typeof value === 'string') {
    return operator === '=' ? (one) => one === value : (one) => one !== value;
  }
  const than = typeof value === 'number' ? value : Number.NaN;
  const tests: { readonly [name: string]: (one: number) => boolean } = {
    '=': (one) => one === than,
    '!=': (one) => one !== than,
    '>': (one) => one > than,
    '>=': (one) => one >= than,
    '<': (one) => one < than,
    '<=': (one) => one <= than,
  };
  const test = tests[operator];
  return (one) => typeof one === 'number' && test?.(one) === true;
}

function listed({ operator, value }: Comparison): Test {
  const values = new Set<One>(Array.isArray(value) ? value : []);
  return operator === 'IN' ? (one) => values.has(one) : (one) => !values.has(one);
}

function testOf(comparison: Comparison): Test {
  const { operator, value } = comparison;
  const text = typeof value === 'string' ? value : '';
  switch (operator) {
    case 'LIKE':
    case 'ILIKE': {
      const pattern = likePattern(text, operator === 'LIKE');
      return (one) => typeof one === 'string' && matchesPattern(pattern, one);
    }
    case 'RLIKE':
      return (one) => typeof one === 'string' && comparison.finds?.(one) === true;
    case 'IN':
    case 'NOT IN':
      return listed(comparison);
    default:
      return compared(comparison);
  }
}

const tests = new WeakMap<Comparison, Test>();

/** The test of a comparison, which is made once for all rows. */
function keptTest(comparison: Comparison): Test {
  const kept = tests.get(comparison);
  if (kept !== undefined) return kept;
  const made = testOf(comparison);
  tests.set(comparison, made);
  return made;
}

const isList = (value: FieldValue): value is readonly One[] => Array.isArray(value);

/** Whether a value fits a comparison. One that is missing fits nothing but IS NULL, not even `!=`. */
export function fits(comparison: Comparison, value: FieldValue): boolean {
  const isMissing = value === undefined || (isList(value) && value.length === 0);
  if (comparison.operator === 'IS NULL') return isMissing;
  if (comparison.operator === 'IS NOT NULL') return !isMissing;
  if (isMissing) return false;
  const test = keptTest(comparison);
  return isList(value) ? value.some(test) : test(value);
}

/**
 * Whether a row satisfies a filter; `read` tells what it holds. NOT turns the whole of what it
 * stands before: `NOT params.a = 'x'` holds for a row without `a`, `params.a != 'x'` does not.
 */
export function matches(filter: Filter, read: ReadField): boolean {
  switch (filter.kind) {
    case 'all':
      return filter.of.every((part) => matches(part, read));
    case 'any':
      return filter.of.some((part) => matches(part, read));
    case 'not':
      return !matches(filter.of, read);
    default:
      return fits(filter, read(filter.field));
  }
}
