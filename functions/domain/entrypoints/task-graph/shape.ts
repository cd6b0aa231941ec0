import { isJsonMap, type JsonMap, type JsonValue } from './json.ts';
import type { KeyPositions } from './read-yaml.ts';

/** The YAML is sound but no graph; thrown inside this folder only. */
export class ShapeRefusal extends Error {
  readonly at: { readonly map: JsonMap; readonly key: string } | undefined;

  constructor(message: string, at?: { readonly map: JsonMap; readonly key: string }) {
    super(message);
    this.at = at;
  }
}

/** Offset of the key that the refusal is about, where it is known. */
export function offsetOfRefusal(
  refusal: ShapeRefusal,
  positions: KeyPositions,
): number | undefined {
  return refusal.at && positions.get(refusal.at.map)?.get(refusal.at.key);
}

/** What a value is, in the words of the graph's author. */
export function describeKind(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (isJsonMap(value)) return 'a map';
  return typeof value === 'string' ? 'text' : typeof value === 'boolean' ? 'a boolean' : 'a number';
}

/** The value under a key as a map; `what` names it in the refusal. */
export function mapAt(map: JsonMap, key: string, what: string): JsonMap {
  const value = map[key];
  if (isJsonMap(value)) return value;
  throw new ShapeRefusal(`${what} must be a map, not ${describeKind(value)}`, { map, key });
}

/** Refuses keys outside a fixed set; `written` is the map in the text, if `map` is a part of it. */
export function onlyKeys(
  map: JsonMap,
  allowed: readonly string[],
  what: string,
  written = map,
): void {
  const key = Object.keys(map).find((name) => !allowed.includes(name));
  if (key === undefined) return;
  const known = allowed.join(', ');
  throw new ShapeRefusal(`${what} has the unknown key "${key}" (known: ${known})`, {
    map: written,
    key,
  });
}
