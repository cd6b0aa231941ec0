/**
 * A number that a JavaScript number would print differently than it was written: `1.0` would become
 * the integer `1`, and integers beyond 2^53 would lose digits. `JSON.stringify` prints it as it is.
 */
export type ExactNumber = { readonly rawJSON: string };

export type JsonScalar = string | number | boolean | null | ExactNumber;
export type JsonList = readonly JsonValue[];
export type JsonMap = { readonly [key: string]: JsonValue };
export type JsonValue = JsonScalar | JsonList | JsonMap;

/** The kinds of literals that the engine tells apart. */
export type LiteralType = 'string' | 'integer' | 'number' | 'boolean' | 'null';

/** TypeScript's ES2024 library does not know these two functions of Node 24 yet. */
type ExactJson = {
  rawJSON: (text: string) => ExactNumber;
  isRawJSON: (value: unknown) => value is ExactNumber;
};
const exactJson = JSON as unknown as ExactJson;

/** Longer numbers are refused: Python's readers stop at some thousand digits, too. */
const maxDigits = 400;

/** The integer written in base 10, exact at any size; undefined when it is unreasonably long. */
export function exactInteger(digits: string): number | ExactNumber | undefined {
  if (digits.length > maxDigits) return undefined;
  const exact = BigInt(digits);
  const near = Number(exact);
  return Number.isSafeInteger(near) ? near : exactJson.rawJSON(exact.toString());
}

/** A finite float that stays a float in JSON (`1.0`, not `1`); undefined for what JSON cannot hold. */
export function exactFloat(value: number): number | ExactNumber | undefined {
  if (!Number.isFinite(value)) return undefined;
  if (!Number.isInteger(value)) return value;
  const text = Object.is(value, -0) ? '-0' : String(value);
  return exactJson.rawJSON(text.includes('e') ? text : `${text}.0`);
}

export function isExactNumber(value: unknown): value is ExactNumber {
  return exactJson.isRawJSON(value);
}

export function isJsonMap(value: JsonValue | undefined): value is JsonMap {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value)
  );
}

export function isJsonList(value: JsonValue | undefined): value is JsonList {
  return Array.isArray(value);
}

/** Own properties only: names such as `__proto__` and `constructor` come from users. */
export function property(map: JsonMap, key: string): JsonValue | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

export function literalType(value: JsonScalar): LiteralType {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return /[.eE]/.test(value.rawJSON) ? 'number' : 'integer';
}
