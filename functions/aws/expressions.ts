import { invalid } from '#kernel/errors.ts';
import { checkAttributeName } from '#kernel/size.ts';
import type { Attribute, Changes, Condition } from '#kernel/table.ts';
import { encodeValue, fitsNumber, STAMP, type WireItem } from './attributes.ts';

/** What every expression of one request shares: placeholders instead of names and values. */
export interface Placeholders {
  name(name: string): string;
  value(value: Attribute): string;
  /** The request's members; absent where nothing was used, since DynamoDB refuses empty maps. */
  members(): {
    ExpressionAttributeNames?: Record<string, string>;
    ExpressionAttributeValues?: WireItem;
  };
}

export function placeholders(): Placeholders {
  const names = new Map<string, string>();
  const values: WireItem = {};
  let count = 0;
  return {
    name(name) {
      const placeholder = names.get(name) ?? `#n${names.size}`;
      names.set(name, placeholder);
      return placeholder;
    },
    value(value) {
      const placeholder = `:v${count}`;
      count += 1;
      values[placeholder] = encodeValue(value);
      return placeholder;
    },
    members: () => ({
      ...(names.size > 0 && {
        ExpressionAttributeNames: Object.fromEntries([...names].map(([name, at]) => [at, name])),
      }),
      ...(count > 0 && { ExpressionAttributeValues: values }),
    }),
  };
}

const MAX_IN_OPERANDS = 100;

/** Always true or always false; DynamoDB has no literals. */
const constant = (truth: boolean, at: Placeholders): string => {
  const pk = at.name('pk');
  return `(attribute_exists(${pk}) ${truth ? 'OR' : 'AND'} attribute_not_exists(${pk}))`;
};

function joined(of: readonly Condition[], word: 'AND' | 'OR', at: Placeholders): string {
  const [only, ...others] = of;
  if (only === undefined) return constant(word === 'AND', at);
  // DynamoDB refuses parentheses around parentheses.
  if (others.length === 0) return conditionExpression(only, at);
  return `(${of.map((part) => conditionExpression(part, at)).join(` ${word} `)})`;
}

function inExpression(name: string, values: readonly (string | number)[], at: Placeholders) {
  if (values.length === 0) return constant(false, at);
  const groups: string[] = [];
  for (let from = 0; from < values.length; from += MAX_IN_OPERANDS) {
    const group = values.slice(from, from + MAX_IN_OPERANDS).map((v) => at.value(v));
    groups.push(`${at.name(name)} IN (${group.join(', ')})`);
  }
  return `(${groups.join(' OR ')})`;
}

function requireOrdered({ op, value }: Extract<Condition, { kind: 'compare' }>): void {
  if (op === '=' || op === '<>' || typeof value === 'string' || typeof value === 'number') return;
  throw invalid('condition_not_ordered', `${op} compares strings and numbers only.`);
}

export function conditionExpression(condition: Condition, at: Placeholders): string {
  switch (condition.kind) {
    case 'exists':
      return `attribute_exists(${at.name(condition.name)})`;
    case 'missing':
      return `attribute_not_exists(${at.name(condition.name)})`;
    case 'compare':
      requireOrdered(condition);
      return `${at.name(condition.name)} ${condition.op} ${at.value(condition.value)}`;
    case 'in':
      return inExpression(condition.name, condition.values, at);
    case 'all':
      return joined(condition.of, 'AND', at);
    case 'any':
      return joined(condition.of, 'OR', at);
    case 'not':
      return `(NOT ${conditionExpression(condition.of, at)})`;
  }
}

function setClauses(changes: Changes, at: Placeholders, stamp: string | undefined): string[] {
  const clauses: string[] = [];
  for (const [name, value] of Object.entries(changes.set ?? {})) {
    if (value !== undefined) clauses.push(`${at.name(name)} = ${at.value(value)}`);
  }
  for (const [name, value] of Object.entries(changes.setIfAbsent ?? {})) {
    const path = at.name(name);
    clauses.push(`${path} = if_not_exists(${path}, ${at.value(value)})`);
  }
  for (const [name, values] of Object.entries(changes.append ?? {})) {
    const path = at.name(name);
    const before = `if_not_exists(${path}, ${at.value([])})`;
    clauses.push(`${path} = list_append(${before}, ${at.value(values)})`);
  }
  if (stamp !== undefined) clauses.push(`${at.name(STAMP)} = ${at.value(stamp)}`);
  return clauses;
}

function checkNames({ set, setIfAbsent, add, append, remove }: Changes): void {
  const names = [
    ...Object.keys(set ?? {}).filter((name) => set?.[name] !== undefined),
    ...[setIfAbsent, add, append].flatMap((part) => Object.keys(part ?? {})),
    ...(remove ?? []),
  ];
  if (new Set(names).size !== names.length) {
    throw invalid('attribute_changed_twice', 'An update must name each attribute only once.');
  }
  if (names.includes('pk') || names.includes('sk')) {
    throw invalid('key_changed', 'An update must not change the key of its item.');
  }
  names.forEach(checkAttributeName);
}

function addition(name: string, by: number, at: Placeholders): string {
  const value = at.value(by);
  // ADD would make a set of what is kept as text.
  if (!fitsNumber(by)) throw invalid('number_out_of_range', 'Only numbers within ±1e126 add up.');
  return `${at.name(name)} ${value}`;
}

/** Undefined where nothing changes: DynamoDB then creates the bare item when it is absent. */
export function updateExpression(
  changes: Changes,
  at: Placeholders,
  stamp?: string,
): string | undefined {
  checkNames(changes);
  const sets = setClauses(changes, at, stamp);
  const adds = Object.entries(changes.add ?? {}).map(([name, by]) => addition(name, by, at));
  const removes = (changes.remove ?? []).map((name) => at.name(name));
  const sections = [
    sets.length > 0 ? `SET ${sets.join(', ')}` : '',
    adds.length > 0 ? `ADD ${adds.join(', ')}` : '',
    removes.length > 0 ? `REMOVE ${removes.join(', ')}` : '',
  ].filter((section) => section !== '');
  return sections.length === 0 ? undefined : sections.join(' ');
}
