import fc from 'fast-check';
import type { JsonValue } from '#domain/entrypoints/task-graph/index.ts';
import type { GraphCase } from './graph-case.ts';
import { typedWorkshop } from './typed-workshop.ts';

const SEED = 5;
const COUNT = 250;

type Named = readonly (readonly [string, JsonValue])[];

const builtin = ['any', 'string', 'integer', 'number', 'boolean', 'null'] as const;
const property = fc.constantFrom('x', 'y', 'z');

/** Something that types are built from: a name or a structure of them. */
function typeOver(names: readonly string[], depth: number): fc.Arbitrary<JsonValue> {
  const name = fc.constantFrom(...builtin, ...names);
  return depth === 0 ? name : fc.oneof(name, structureOver(names, depth));
}

function structureOver(names: readonly string[], depth: number): fc.Arbitrary<JsonValue> {
  const part = typeOver(names, depth - 1);
  const key = fc.constantFrom('string', 'string', 'integer');
  return fc.oneof(
    fc.record({ list: part }),
    fc.record({ tuple: fc.array(part, { maxLength: 3 }) }),
    fc.record({ mapping: fc.tuple(key, part) as unknown as fc.Arbitrary<JsonValue> }),
    fc.record({ mapping: fc.dictionary(property, part, { maxKeys: 3 }) }),
    fc.record({ union: fc.array(part, { minLength: 1, maxLength: 3 }) }),
  );
}

const isSimple = (definition: JsonValue): boolean =>
  definition === null || Object.hasOwn(definition as object, 'is_a');

/** The named types: each may be built from those before it. */
function typesOf(count: number): fc.Arbitrary<Named> {
  if (count === 0) return fc.constant([]);
  return typesOf(count - 1).chain((before) => {
    const names = before.map(([name]) => name);
    const simple = before.filter(([, definition]) => isSimple(definition)).map(([name]) => name);
    const definition = fc.oneof(
      fc.constant(null),
      fc.constantFrom('number', 'string', ...simple).map((parent) => ({ is_a: parent })),
      structureOver(names, 2),
      structureOver(names, 2),
    );
    return definition.map((one) => [...before, [`t${count}`, one] as const]);
  });
}

const words: Readonly<Record<string, fc.Arbitrary<JsonValue>>> = {
  any: fc.constantFrom<JsonValue>(1, 'x', null, [1], { x: 'y' }),
  string: fc.constantFrom('x', '$path', '$$y'),
  integer: fc.constantFrom<JsonValue>(3, '$epochs'),
  number: fc.constantFrom<JsonValue>(2, 2.5, '$rate'),
  boolean: fc.constantFrom<JsonValue>(true, '$flag'),
  null: fc.constant(null),
};

/** A value that is meant to be of a type; now and then it is of another. */
function valueFor(type: JsonValue, types: Named): fc.Arbitrary<JsonValue> {
  if (typeof type !== 'string')
    return structuredValue(type as Readonly<Record<string, JsonValue>>, types);
  const definition = types.find(([name]) => name === type)?.[1];
  const given = fc.constantFrom(`$give_${type}`, `$art_${type}`);
  if (definition === undefined) return fc.oneof(words[type] ?? given, words[type] ?? given, given);
  if (definition === null || isSimple(definition)) return given;
  return fc.oneof(given, valueFor(definition, types), valueFor(definition, types));
}

function structuredValue(
  { list, tuple, mapping, union }: Readonly<Record<string, JsonValue>>,
  types: Named,
): fc.Arbitrary<JsonValue> {
  if (list !== undefined) return fc.array(valueFor(list, types), { maxLength: 3 });
  if (tuple !== undefined) {
    const items = (tuple as readonly JsonValue[]).map((item) => valueFor(item, types));
    return fc.tuple(...items);
  }
  if (union !== undefined) {
    return fc.oneof(...(union as readonly JsonValue[]).map((member) => valueFor(member, types)));
  }
  if (Array.isArray(mapping)) {
    return fc.dictionary(property, valueFor(mapping[1] as JsonValue, types), { maxKeys: 2 });
  }
  const properties = Object.entries(mapping as Readonly<Record<string, JsonValue>>);
  return fc.record(
    Object.fromEntries(properties.map(([name, part]) => [name, valueFor(part, types)])),
  );
}

/** A call of the task that takes a type, with a value of the same or of another type. */
function callOver(types: Named): fc.Arbitrary<JsonValue> {
  const names = types.map(([name]) => name);
  const name = fc.constantFrom(...builtin, ...names, ...names);
  return fc
    .tuple(name, name, fc.integer({ min: 0, max: 9 }))
    .chain(([type, other, luck]) =>
      valueFor(luck < 8 ? type : other, types).map((value) => ({ [`take_${type}`]: [value] })),
    );
}

/** Some calls of its own, perhaps one of several in a swap, and a step that gives each type. */
const graph = typesOf(5).chain((types) => {
  const names = [...builtin, ...types.map(([name]) => name)];
  const gives = names.map((name) => [`give_${name}`, { [`give_${name}`]: [] }] as const);
  const call = callOver(types);
  const swap = fc
    .tuple(call, call)
    .map(([one, other]) => ({ '?S': { '?outputs': [], one, other } }));
  const given = fc
    .tuple(fc.constantFrom(...names), fc.constantFrom(...names), fc.integer({ min: 0, max: 9 }))
    .map(([one, other, luck]) => ({
      '?T': {
        '?outputs': ['out'],
        one: { [`give_${one}`]: [] },
        other: { [`give_${luck < 7 ? one : other}`]: [] },
      },
      wanted: luck % 2 === 0 ? one : other,
    }));
  return fc
    .record({
      first: call,
      swap: fc.option(swap, { freq: 2 }),
      given: fc.option(given, { freq: 5 }),
    })
    .map((parts) => {
      const { wanted = '', ...chosen } = parts.given ?? {};
      const steps = {
        ...Object.fromEntries(gives),
        first: parts.first,
        ...(parts.swap && { swap: parts.swap }),
        ...(parts.given && { given: chosen, last: { [`take_${wanted}`]: '$given.out' } }),
      };
      return { types, taskGraph: JSON.stringify(steps) };
    });
});

/** Graphs of which only the engine knows whether they are sound. */
export const generatedCases: readonly GraphCase[] = fc
  .sample(graph, { numRuns: COUNT, seed: SEED })
  .map(({ types, taskGraph }, place) => ({
    id: `generated ${place}`,
    taskGraph,
    change: typedWorkshop(types),
  }));
