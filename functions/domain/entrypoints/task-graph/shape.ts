import { isJsonMap, type JsonMap, type JsonValue } from './json.ts';
import type { Spot } from './places.ts';

/** The YAML is sound but no graph; thrown inside this folder only. */
export class ShapeRefusal extends Error {
  readonly at: Spot | undefined;

  constructor(message: string, at?: Spot) {
    super(message);
    this.at = at;
  }
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
  throw new ShapeRefusal(`${what} must be a map, not ${describeKind(value)}`, { within: map, key });
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
    within: written,
    key,
  });
}
