import {
  isAlias,
  isMap,
  isScalar,
  type ParsedNode,
  Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import {
  exactFloat,
  isJsonList,
  isJsonMap,
  type JsonMap,
  type JsonScalar,
  type JsonValue,
  type LiteralType,
  literalType,
} from './json.ts';
import { graphLimits } from './limits.ts';
import { type Positions, placeFinder } from './places.ts';
import { readPlainScalar } from './scalars.ts';
import { composeDocument, YamlRefusal } from './yaml-limits.ts';

export type YamlReading =
  | { readonly ok: true; readonly value: JsonValue; readonly positions: Positions }
  | {
      readonly ok: false;
      readonly message: string;
      readonly line: number;
      readonly column: number;
    };

/** What a value weighs, so that each alias to it can be charged in full. */
type Weighed = { value: JsonValue; nodes: number; characters: number; height: number };

type Reader = {
  anchors: Map<string, Weighed | 'open'>;
  positions: Positions;
  nodes: number;
  characters: number;
};

const offsetOf = (node: ParsedNode | null): number => node?.range[0] ?? 0;
const prefix = 'tag:yaml.org,2002:';

function charge(reader: Reader, nodes: number, characters: number, node: ParsedNode): void {
  reader.nodes += nodes;
  reader.characters += characters;
  if (reader.nodes > graphLimits.nodes) {
    throw new YamlRefusal(`more than ${graphLimits.nodes} values`, offsetOf(node));
  }
  if (reader.characters > graphLimits.characters) {
    throw new YamlRefusal(`more than ${graphLimits.characters} characters`, offsetOf(node));
  }
}

function scalarValue(node: Scalar.Parsed): JsonScalar {
  const text = String(node.value ?? '');
  const tag = node.tag?.startsWith(prefix) ? node.tag.slice(prefix.length) : node.tag;
  if (tag === 'str' || (tag === undefined && node.type !== Scalar.PLAIN)) {
    if (!text.isWellFormed()) throw new YamlRefusal('half of a surrogate pair', offsetOf(node));
    return text;
  }
  const reading = readPlainScalar(text);
  if (!reading.ok) throw new YamlRefusal(reading.reason, offsetOf(node));
  const value = tag === undefined ? reading.value : tagged(tag, reading.value);
  if (value !== undefined) return value;
  throw new YamlRefusal(`the tag "${node.tag}" is not supported here`, offsetOf(node));
}

const tagTypes = new Map<string, LiteralType>([
  ['null', 'null'],
  ['bool', 'boolean'],
  ['int', 'integer'],
  ['float', 'number'],
]);

/** The value under one of YAML's own tags, undefined when it does not have that type. */
function tagged(tag: string, value: JsonScalar): JsonScalar | undefined {
  if (tag === 'float' && typeof value === 'number') return exactFloat(value);
  return tagTypes.get(tag) === literalType(value) ? value : undefined;
}

function keyText(reader: Reader, key: ParsedNode | null): string {
  if (key && isAlias(key)) {
    const known = aliased(reader, key.source, key).value;
    if (typeof known === 'string') return known;
  }
  const value = key && isScalar(key) ? scalarValue(key) : undefined;
  if (typeof value === 'string') return value;
  throw new YamlRefusal(
    'keys must be text; put numbers and words such as yes or null in quotes',
    offsetOf(key),
  );
}

function aliased(reader: Reader, name: string, node: ParsedNode): Weighed {
  const target = reader.anchors.get(name);
  if (target === undefined) throw new YamlRefusal(`there is no anchor "${name}"`, offsetOf(node));
  if (target === 'open') throw new YamlRefusal(`"${name}" contains itself`, offsetOf(node));
  return target;
}

/** The maps behind a merge key, the most important one last. */
function mergedMaps(value: JsonValue, node: ParsedNode | null): readonly JsonMap[] {
  const maps = isJsonList(value) ? value.toReversed() : [value];
  if (maps.every(isJsonMap)) return maps;
  throw new YamlRefusal('only maps can be merged', offsetOf(node));
}

function isMergeKey(key: ParsedNode | null): boolean {
  return isScalar(key) && key.type === Scalar.PLAIN && key.value === '<<' && key.tag === undefined;
}

function readMap(reader: Reader, node: YAMLMap.Parsed, depth: number): Weighed {
  const merged = new Map<string, JsonValue>();
  const own = new Map<string, JsonValue>();
  const places = new Map<string, number>();
  let height = 0;
  for (const { key, value } of node.items as {
    key: ParsedNode | null;
    value: ParsedNode | null;
  }[]) {
    const merging = isMergeKey(key);
    const name = merging ? '<<' : keyText(reader, key);
    if (own.has(name) || (merging && merged.size > 0)) {
      throw new YamlRefusal(`the key "${name}" is given twice`, offsetOf(key));
    }
    const child = readNode(reader, value, depth + 1);
    height = Math.max(height, child.height);
    if (merging) {
      for (const map of mergedMaps(child.value, value)) {
        for (const [inherited, content] of Object.entries(map)) merged.set(inherited, content);
      }
    } else {
      own.set(name, child.value);
      places.set(name, offsetOf(key));
      charge(reader, 0, name.length, node);
    }
  }
  // fromEntries defines properties, so that a key `__proto__` is a key like any other.
  const map: JsonMap = Object.fromEntries([...merged, ...own]);
  reader.positions.set(map, places);
  return { value: map, nodes: 0, characters: 0, height: height + 1 };
}

function readList(reader: Reader, node: YAMLSeq.Parsed, depth: number): Weighed {
  const children = node.items.map((item) => readNode(reader, item as ParsedNode, depth + 1));
  const height = 1 + Math.max(0, ...children.map((child) => child.height));
  const value = children.map((child) => child.value);
  const places = node.items.map(
    (item, place) => [String(place), offsetOf(item as ParsedNode)] as const,
  );
  reader.positions.set(value, new Map(places));
  return { value, nodes: 0, characters: 0, height };
}

function readContent(reader: Reader, node: ParsedNode, depth: number): Weighed {
  if (isScalar(node)) {
    const value = scalarValue(node);
    charge(reader, 1, typeof value === 'string' ? value.length : 8, node);
    return { value, nodes: 0, characters: 0, height: 0 };
  }
  charge(reader, 1, 0, node);
  const kind = isMap(node) ? 'map' : 'seq';
  if (node.tag !== undefined && node.tag !== `${prefix}${kind}`) {
    throw new YamlRefusal(`the tag "${node.tag}" is not supported`, offsetOf(node));
  }
  return isMap(node)
    ? readMap(reader, node, depth)
    : readList(reader, node as YAMLSeq.Parsed, depth);
}

function readNode(reader: Reader, node: ParsedNode | null, depth: number): Weighed {
  if (node === null) return { value: null, nodes: 1, characters: 0, height: 0 };
  if (isAlias(node)) {
    const target = aliased(reader, node.source, node);
    charge(reader, target.nodes, target.characters, node);
    if (depth + target.height > graphLimits.depth) {
      throw new YamlRefusal(`nested deeper than ${graphLimits.depth} levels`, offsetOf(node));
    }
    return target;
  }
  const before = { nodes: reader.nodes, characters: reader.characters };
  if (node.anchor !== undefined) reader.anchors.set(node.anchor, 'open');
  const read = readContent(reader, node, depth);
  const weighed = {
    ...read,
    nodes: reader.nodes - before.nodes,
    characters: reader.characters - before.characters,
  };
  if (node.anchor !== undefined) reader.anchors.set(node.anchor, weighed);
  return weighed;
}

/** Reads hostile YAML into plain JSON values, bounded in time, memory and depth. Never throws. */
export function readYaml(text: string): YamlReading {
  try {
    const { contents } = composeDocument(text);
    const reader: Reader = {
      anchors: new Map(),
      positions: new WeakMap(),
      nodes: 0,
      characters: 0,
    };
    const { value } = readNode(reader, contents, 0);
    return { ok: true, value, positions: reader.positions };
  } catch (error) {
    if (!(error instanceof YamlRefusal)) throw error;
    return { ok: false, message: error.message, ...placeFinder(text)(error.offset) };
  }
}
