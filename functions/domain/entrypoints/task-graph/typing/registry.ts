import { listed } from '../issues.ts';
import { isJsonList, isJsonMap, type JsonMap, type JsonValue, property } from '../json.ts';
import { typeStructureFault, typesWithin } from '../types.ts';
import { builtin, identityOf, type SimpleType, showType, type Type } from './type.ts';

/** Why a definition means nothing. */
export type TypeFault = {
  readonly kind: 'schema' | 'semantic' | 'type';
  readonly text: string;
};

/** What the names of types mean. */
export type TypeRegistry = {
  readonly definitions: ReadonlyMap<string, JsonValue>;
  /** Types that can be used, built-in ones included. */
  readonly types: ReadonlyMap<string, Type>;
  /** Definitions with a fault of their own; what is built from them is in neither map. */
  readonly faults: ReadonlyMap<string, TypeFault>;
  /** Members that a union names more than once, by the union's name. */
  readonly repeats: ReadonlyMap<string, readonly string[]>;
};

class Faulty extends Error {}

/** A type that something is built from; simple types are the only ones without structure. */
function nested(definition: JsonValue, known: ReadonlyMap<string, Type>): Type {
  if (typeof definition === 'string') {
    const type = known.get(definition);
    if (type === undefined) throw new Faulty(`unknown type "${definition}"`);
    return type;
  }
  return structured(isJsonMap(definition) ? definition : {}, null, known);
}

function keyType(definition: JsonValue, known: ReadonlyMap<string, Type>): SimpleType {
  const type = nested(definition, known);
  if (type === builtin.string || type === builtin.integer) return type;
  throw new Faulty(`keys are of type string or integer, not ${showType(type)}`);
}

/** A definition of one form, as the grammar of types has it. */
function structured(
  definition: JsonMap,
  name: string | null,
  known: ReadonlyMap<string, Type>,
): Type {
  const part = (inner: JsonValue) => nested(inner, known);
  const [form = ''] = Object.keys(definition);
  const content = property(definition, form) ?? null;
  if (form === 'list') return { kind: 'list', name, item: part(content) };
  if (isJsonMap(content)) {
    const properties = Object.entries(content).map(([key, inner]) => [key, part(inner)] as const);
    return { kind: 'record', name, properties: new Map(properties) };
  }
  const contents = isJsonList(content) ? content : [];
  if (form === 'tuple') return { kind: 'tuple', name, items: contents.map(part) };
  if (form === 'mapping') {
    const [key = null, value = null] = contents;
    return { kind: 'mapping', name, key: keyType(key, known), value: part(value) };
  }
  if (contents.length > 0) return { kind: 'union', name, members: contents.map(part) };
  // The engine takes a union of nothing for a name without structure.
  if (name === null) throw new Faulty('a union without members needs a name');
  return { kind: 'simple', name, parent: null };
}

function defined(name: string, definition: JsonValue, known: ReadonlyMap<string, Type>): Type {
  if (!isJsonMap(definition) || Object.keys(definition).length === 0) {
    return { kind: 'simple', name, parent: null };
  }
  const isA = property(definition, 'is_a');
  if (isA === undefined) return structured(definition, name, known);
  const parent = nested(isA, known);
  if (parent.kind === 'simple') return { kind: 'simple', name, parent };
  throw new Faulty(`"is_a" needs a simple type, and "${parent.name}" is none`);
}

/** Members of a union that are there already. */
function repeatedMembers(type: Type): readonly string[] {
  if (type.kind !== 'union') return [];
  const seen = new Set<string>();
  const again = type.members.filter((member) => seen.size === seen.add(identityOf(member)).size);
  return [...new Set(again.map((member) => showType(member)))];
}

/** Definitions in an order in which each comes after those that it is built from; circular ones are left out. */
function* inOrder(definitions: ReadonlyMap<string, JsonValue>): Generator<[string, JsonValue]> {
  const users = new Map<string, string[]>([...definitions.keys()].map((name) => [name, []]));
  const open = new Map<string, number>();
  for (const [name, definition] of definitions) {
    const needs = [...new Set(typesWithin(definition))].filter((part) => definitions.has(part));
    open.set(name, needs.length);
    for (const part of needs) users.get(part)?.push(name);
  }
  const ready = [...open].filter(([, count]) => count === 0).map(([name]) => name);
  // The list grows while it is walked.
  for (const name of ready) {
    yield [name, definitions.get(name) ?? null];
    for (const user of users.get(name) ?? []) {
      const left = (open.get(user) ?? 0) - 1;
      open.set(user, left);
      if (left === 0) ready.push(user);
    }
  }
}

/** The type of a definition, its fault, or neither where a part of it means nothing. */
function build(
  name: string,
  definition: JsonValue,
  types: ReadonlyMap<string, Type>,
  all: ReadonlyMap<string, JsonValue>,
): Type | TypeFault | undefined {
  const lost = typesWithin(definition).filter((part) => !types.has(part));
  const unknown = new Set(lost.filter((part) => !all.has(part)));
  if (unknown.size > 0) return { kind: 'semantic', text: `unknown types ${listed(unknown)}` };
  if (lost.length > 0) return undefined;
  try {
    return defined(name, definition, types);
  } catch (error) {
    if (error instanceof Faulty) return { kind: 'type', text: error.message };
    throw error;
  }
}

/** Builds what can be built; a definition that means nothing takes only its users along. */
export function typeRegistry(definitions: ReadonlyMap<string, JsonValue>): TypeRegistry {
  const types = new Map<string, Type>(Object.entries(builtin));
  const faults = new Map<string, TypeFault>();
  const repeats = new Map<string, readonly string[]>();
  const sound = new Map<string, JsonValue>();
  for (const [name, definition] of definitions) {
    const text = typeStructureFault(definition);
    if (text === undefined) sound.set(name, definition);
    else faults.set(name, { kind: 'schema', text });
  }
  const circular = new Set(sound.keys());
  for (const [name, definition] of inOrder(sound)) {
    circular.delete(name);
    const result = build(name, definition, types, definitions);
    if (result === undefined) continue;
    if ('text' in result) {
      faults.set(name, result);
      continue;
    }
    types.set(name, result);
    const again = repeatedMembers(result);
    if (again.length > 0) repeats.set(name, again);
  }
  for (const name of circular) {
    faults.set(name, { kind: 'semantic', text: 'built from itself, or from a type that is' });
  }
  return { definitions, types, faults, repeats };
}
