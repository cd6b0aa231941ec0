import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '#domain/entrypoints/task-graph/index.ts';
import { isCompatible } from '#domain/entrypoints/task-graph/typing/compatible.ts';
import { TooMuchEffort } from '#domain/entrypoints/task-graph/typing/effort.ts';
import { typeRegistry } from '#domain/entrypoints/task-graph/typing/registry.ts';
import {
  builtin,
  identityOf,
  showType,
  type Type,
} from '#domain/entrypoints/task-graph/typing/type.ts';

const animal: Type = { kind: 'simple', name: 'animal', parent: null };
const dog: Type = { kind: 'simple', name: 'dog', parent: animal };
const list = (item: Type, name: string | null = null): Type => ({ kind: 'list', name, item });
const tuple = (items: readonly Type[], name: string | null = null): Type => ({
  kind: 'tuple',
  name,
  items,
});
const union = (members: readonly Type[], name: string | null = null): Type => ({
  kind: 'union',
  name,
  members,
});
const record = (properties: Readonly<Record<string, Type>>): Type => ({
  kind: 'record',
  name: null,
  properties: new Map(Object.entries(properties)),
});
const mapping = (value: Type): Type => ({
  kind: 'mapping',
  name: null,
  key: builtin.string,
  value,
});

const { type: anyType } = fc.letrec<{ type: Type }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<Type>(...Object.values(builtin), animal, dog, list(dog, 'pack')),
    tie('type').map((item) => list(item)),
    fc.array(tie('type'), { maxLength: 3 }).map((items) => tuple(items)),
    fc.array(tie('type'), { minLength: 1, maxLength: 3 }).map((members) => union(members)),
    fc.dictionary(fc.constantFrom('x', 'y', 'z'), tie('type')).map(record),
    tie('type').map(mapping),
  ),
}));
const types = fc.array(anyType, { maxLength: 4 });

const holds = (...law: Parameters<typeof fc.property>) =>
  fc.assert(fc.property(...law), { numRuns: 500 });

describe('what may be given where a type is wanted', () => {
  test('the type itself, and everything for any', () => {
    holds(anyType, (type) => isCompatible(type as Type, type as Type));
    holds(anyType, (type) => isCompatible(type as Type, builtin.any));
  });

  test('a value of type any fits nothing but any', () => {
    holds(anyType, (type) => {
      const takesAny = (wanted: Type): boolean =>
        wanted === builtin.any || (wanted.kind === 'union' && wanted.members.some(takesAny));
      return isCompatible(builtin.any, type as Type) === takesAny(type as Type);
    });
  });

  test('a union is given where each member may be', () => {
    holds(types, anyType, (members, wanted) => {
      const each = (members as Type[]).every((member) => isCompatible(member, wanted as Type));
      return (
        isCompatible(union(members as Type[]), wanted as Type) === (each || wanted === builtin.any)
      );
    });
  });

  test('a union takes what one of its members takes, in any order', () => {
    holds(anyType, types, (given, members) => {
      const [one, all] = [given as Type, members as Type[]];
      const taken = isCompatible(one, union(all));
      if (one.kind !== 'union') expect(taken).toBe(all.some((member) => isCompatible(one, member)));
      return isCompatible(one, union(all.toReversed())) === taken;
    });
  });

  test('a list takes a tuple of what it holds; no tuple takes a list', () => {
    holds(types, anyType, (items, item) => {
      const [all, wanted] = [items as Type[], item as Type];
      expect(isCompatible(list(wanted), tuple(all))).toBe(false);
      return (
        isCompatible(tuple(all), list(wanted)) === all.every((one) => isCompatible(one, wanted))
      );
    });
  });

  test('a mapping takes properties of what it holds; no properties take a mapping', () => {
    holds(anyType, anyType, anyType, (one, other, value) => {
      const [x, y, wanted] = [one as Type, other as Type, value as Type];
      const both = isCompatible(x, wanted) && isCompatible(y, wanted);
      expect(isCompatible(mapping(wanted), record({ x, y }))).toBe(false);
      return isCompatible(record({ x, y }), mapping(wanted)) === both;
    });
  });

  test('properties must be the same', () => {
    holds(anyType, (type) => {
      const one = type as Type;
      return (
        isCompatible(record({ x: one, y: one }), record({ y: one, x: one })) &&
        !isCompatible(record({ x: one }), record({ x: one, y: one })) &&
        !isCompatible(record({ x: one, z: one }), record({ x: one, y: one }))
      );
    });
  });

  test('two names are two types, whatever they are made of', () => {
    expect(isCompatible(list(dog, 'pack'), list(dog, 'crowd'))).toBe(false);
    expect(isCompatible(list(dog), list(dog, 'crowd'))).toBe(true);
    expect(isCompatible(list(dog, 'pack'), list(animal))).toBe(true);
  });

  test('types of the same identity are the same', () => {
    holds(anyType, anyType, (one, other) => {
      const [left, right] = [one as Type, other as Type];
      const same = identityOf(left) === identityOf(right);
      return !same || (isCompatible(left, right) && isCompatible(right, left));
    });
  });
});

describe('what types are built from', () => {
  const registryOf = (types: Readonly<Record<string, JsonValue>>) =>
    typeRegistry(new Map(Object.entries(types)));

  test('definitions are found in any order', () => {
    const { types, faults } = registryOf({
      top: { list: 'middle' },
      middle: { mapping: ['string', 'bottom'] },
      bottom: { is_a: 'number' },
    });

    expect(faults.size).toBe(0);
    expect(types.get('top')).toMatchObject({ kind: 'list', item: { value: { name: 'bottom' } } });
  });

  test.each<[Readonly<Record<string, JsonValue>>, RegExp]>([
    [{ t: { lost: 'any' } }, /expected exactly one of/],
    [{ t: { list: 'weird' } }, /unknown types "weird"/],
    [{ t: { list: 't' } }, /built from itself/],
    [{ t: { is_a: 'u' }, u: { list: 'any' } }, /"is_a" needs a simple type, and "u" is none/],
    [{ t: { mapping: ['any', 'any'] } }, /keys are of type string or integer, not any/],
    [{ t: { list: { union: [] } } }, /a union without members/],
  ])('%j: what is wrong is said once, and its users are no types', (types, message) => {
    const registry = registryOf({ ...types, user: { list: 't' } });

    expect(registry.faults.get('t')?.text).toMatch(message);
    expect(registry.types.has('t')).toBe(false);
    expect(registry.types.has('user')).toBe(false);
  });

  test('a member that a union has twice is told', () => {
    const { repeats, types } = registryOf({
      u: { union: ['string', { list: 'any' }, 'string', { list: 'any' }] },
    });

    expect([...repeats]).toEqual([['u', ['string', 'list[any]']]]);
    expect(types.has('u')).toBe(true);
  });
});

test('types are shown in few words', () => {
  const deep = Array.from({ length: 30 }).reduce<Type>((inner) => list(inner), builtin.any);
  const wide = tuple(Array.from({ length: 500 }, () => builtin.integer));

  expect(showType(record({ a: builtin.null, b: mapping(animal) }))).toBe(
    'mapping{a: null, b: mapping[string, animal]}',
  );
  expect(showType(deep)).toBe('list[list[list[list[…]]]]');
  expect(showType(wide).length).toBeLessThan(100);
});

test('what takes too long to compare is given up', () => {
  const simple = (letter: string) => (n: number) =>
    ({ kind: 'simple', name: `${letter}${n}`, parent: null }) as const;
  const many = (letter: string, length: number) =>
    Array.from({ length }, (_, n) => simple(letter)(n));

  expect(isCompatible(tuple(many('a', 20)), list(union(many('b', 500))))).toBe(false);
  expect(() => isCompatible(union(many('b', 500)), union(many('b', 500).toReversed()))).toThrow(
    TooMuchEffort,
  );
});
