import { invalid } from './errors.ts';
import type { Attribute, Condition, Item } from './table.ts';
import { compareText } from './text-order.ts';

type Comparison = Extract<Condition, { kind: 'compare' }>;

// Names such as `constructor` must not be found on the prototype.
const attributeOf = (item: Item | undefined, name: string): Attribute | undefined =>
  item !== undefined && Object.hasOwn(item, name) ? item[name] : undefined;

const orderOf = (left: string | number, right: string | number): number | undefined => {
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return undefined;
};

const inOrder = (op: Comparison['op'], order: number): boolean => {
  if (op === '<') return order < 0;
  if (op === '<=') return order <= 0;
  if (op === '>') return order > 0;
  return order >= 0;
};

const comparison = (condition: Comparison, actual: Attribute | undefined): boolean => {
  const { op, value } = condition;
  if (op === '=') return actual === value;
  if (op === '<>') return actual !== value;
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw invalid('condition_not_ordered', `${op} compares strings and numbers only.`);
  }
  if (typeof actual !== 'string' && typeof actual !== 'number') return false;
  const order = orderOf(actual, value);
  return order !== undefined && inOrder(op, order);
};

/** Whether the condition is true of the item (`undefined`: there is none), as DynamoDB judges. */
export const holds = (condition: Condition, item: Item | undefined): boolean => {
  switch (condition.kind) {
    case 'exists':
      return attributeOf(item, condition.name) !== undefined;
    case 'missing':
      return attributeOf(item, condition.name) === undefined;
    case 'compare':
      return comparison(condition, attributeOf(item, condition.name));
    case 'in': {
      const actual = attributeOf(item, condition.name);
      return condition.values.some((value) => value === actual);
    }
    case 'all':
      return condition.of.every((part) => holds(part, item));
    case 'any':
      return condition.of.some((part) => holds(part, item));
    case 'not':
      return !holds(condition.of, item);
  }
};
