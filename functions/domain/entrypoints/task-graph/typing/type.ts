/** A type in whose place only its name counts: built in, or defined with or without `is_a`. */
export type SimpleType = {
  readonly kind: 'simple';
  readonly name: string;
  readonly parent: SimpleType | null;
};

/** What a type is made of; a name of its own makes it another type than its twin. */
export type ListType = {
  readonly kind: 'list';
  readonly name: string | null;
  readonly item: Type;
};
export type TupleType = {
  readonly kind: 'tuple';
  readonly name: string | null;
  readonly items: readonly Type[];
};
/** Any keys of one type; what is written as two types in a list. */
export type MappingType = {
  readonly kind: 'mapping';
  readonly name: string | null;
  readonly key: SimpleType;
  readonly value: Type;
};
/** Exactly these properties; what is written as a map of types. */
export type RecordType = {
  readonly kind: 'record';
  readonly name: string | null;
  readonly properties: ReadonlyMap<string, Type>;
};
export type UnionType = {
  readonly kind: 'union';
  readonly name: string | null;
  readonly members: readonly Type[];
};

export type StructuredType = ListType | TupleType | MappingType | RecordType;
export type Type = SimpleType | StructuredType | UnionType;

const simple = (name: string, parent: SimpleType | null = null): SimpleType => ({
  kind: 'simple',
  name,
  parent,
});

const number = simple('number');

/** The types that every group has and nobody can define. */
export const builtin = {
  any: simple('any'),
  string: simple('string'),
  number,
  integer: simple('integer', number),
  boolean: simple('boolean'),
  null: simple('null'),
} as const satisfies { readonly [name: string]: SimpleType };

/** Deeper and longer structures are told by an ellipsis: a message is for people. */
const SHOWN_LEVELS = 4;
const SHOWN_PARTS = 8;

function parts(types: Iterable<string>, count: number): string {
  const shown = [...types].join(', ');
  return count > SHOWN_PARTS ? `${shown}, …` : shown;
}

function structure(type: StructuredType | UnionType, levels: number): string {
  const inner = (part: Type) => showType(part, levels - 1);
  const few = (types: readonly Type[]) =>
    parts(types.slice(0, SHOWN_PARTS).map(inner), types.length);
  switch (type.kind) {
    case 'list':
      return `list[${inner(type.item)}]`;
    case 'tuple':
      return `tuple[${few(type.items)}]`;
    case 'mapping':
      return `mapping[${type.key.name}, ${inner(type.value)}]`;
    case 'union':
      return `union[${few(type.members)}]`;
    default: {
      const shown = [...type.properties].slice(0, SHOWN_PARTS);
      const texts = shown.map(([name, part]) => `${name}: ${inner(part)}`);
      return `mapping{${parts(texts, type.properties.size)}}`;
    }
  }
}

/** A type in words: its name, or what it is made of. */
export function showType(type: Type, levels = SHOWN_LEVELS): string {
  if (type.kind === 'simple') return type.name;
  if (type.name !== null) return type.name;
  return levels === 0 ? '…' : structure(type, levels);
}

/** The same text for types that are the same: named ones by their name, others by their structure. */
export function identityOf(type: Type): string {
  if (type.kind === 'simple' || type.name !== null) return JSON.stringify(type.name);
  switch (type.kind) {
    case 'list':
      return `list(${identityOf(type.item)})`;
    case 'tuple':
      return `tuple(${type.items.map(identityOf).join()})`;
    case 'mapping':
      return `mapping(${identityOf(type.key)},${identityOf(type.value)})`;
    case 'union':
      return `union(${[...new Set(type.members.map(identityOf))].sort().join()})`;
    default: {
      const properties = [...type.properties].sort(([one], [other]) => (one < other ? -1 : 1));
      const texts = properties.map(([name, part]) => `${JSON.stringify(name)}:${identityOf(part)}`);
      return `record(${texts.join()})`;
    }
  }
}
