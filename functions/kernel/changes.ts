import { invalid } from './errors.ts';
import { checkAttributeName } from './size.ts';
import type { Attribute, Changes, Item, Key } from './table.ts';

type Attributes = Map<string, Attribute | undefined>;

/** Every attribute may be named once only, and never a part of the key (as in DynamoDB). */
export const checkChanges = (changes: Changes): void => {
  const names = [
    ...Object.keys(changes.set ?? {}).filter((name) => changes.set?.[name] !== undefined),
    ...Object.keys(changes.setIfAbsent ?? {}),
    ...Object.keys(changes.add ?? {}),
    ...Object.keys(changes.append ?? {}),
    ...(changes.remove ?? []),
  ];
  names.forEach(checkAttributeName);
  if (new Set(names).size !== names.length) {
    throw invalid('attribute_changed_twice', 'An update must name each attribute only once.');
  }
  if (names.includes('pk') || names.includes('sk')) {
    throw invalid('key_changed', 'An update must not change the key of its item.');
  }
};

const add = (attributes: Attributes, name: string, amount: number): void => {
  const before = attributes.get(name) ?? 0;
  if (typeof before !== 'number') {
    throw invalid('not_a_number', `${name} cannot be added to: it holds no number.`);
  }
  attributes.set(name, before + amount);
};

const append = (attributes: Attributes, name: string, elements: readonly Attribute[]): void => {
  const before = attributes.get(name) ?? [];
  if (!Array.isArray(before)) {
    throw invalid('not_a_list', `${name} cannot be appended to: it holds no list.`);
  }
  attributes.set(name, [...before, ...elements]);
};

/** The item after the changes; `before` is `undefined` where there is none yet. */
export const applyChanges = (key: Key, before: Item | undefined, changes: Changes): Item => {
  const attributes: Attributes = new Map(
    before === undefined ? Object.entries({ pk: key.pk, sk: key.sk }) : Object.entries(before),
  );
  for (const [name, value] of Object.entries(changes.set ?? {})) {
    if (value !== undefined) attributes.set(name, value);
  }
  for (const [name, value] of Object.entries(changes.setIfAbsent ?? {})) {
    if (attributes.get(name) === undefined) attributes.set(name, value);
  }
  for (const [name, amount] of Object.entries(changes.add ?? {})) add(attributes, name, amount);
  for (const [name, list] of Object.entries(changes.append ?? {})) append(attributes, name, list);
  for (const name of changes.remove ?? []) attributes.delete(name);
  return Object.fromEntries(attributes) as Item;
};
