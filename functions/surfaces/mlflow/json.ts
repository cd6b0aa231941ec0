/** JSON as MLflow writes it: 64-bit integers are numbers, NaN is a string. */

/** A double as the client reads it: infinities are the largest doubles. */
export const wireDouble = (value: number): unknown => {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return Number.MAX_VALUE;
  if (value === Number.NEGATIVE_INFINITY) return -Number.MAX_VALUE;
  return Object.is(value, -0) ? rawNumber('-0.0') : value;
};

/** The text of {@link wireDouble}. */
export function doubleText(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  return Number.isFinite(value) ? String(value) : JSON.stringify(wireDouble(value));
}

// The libraries of ES2024 do not know it yet; Node 22 and later have it.
const rawNumber = (JSON as unknown as { rawJSON: (text: string) => unknown }).rawJSON;

const texts = new WeakMap<object, string>();

/** What {@link toJson} writes as this very text: parsing would lose what its numbers look like. */
export function inJson(text: string): object {
  const value = {};
  texts.set(value, text);
  return value;
}

/** An object whose member `name` is a list of texts that are JSON already, beside the members of `rest`. */
export function listInJson(name: string, list: readonly string[], rest: object): object {
  if (list.length === 0) return rest;
  const others = toJson(rest).slice(1, -1);
  return inJson(`{"${name}":[${list.join(',')}]${others === '' ? '' : `,${others}`}}`);
}

const rawBigint = (_name: string, member: unknown): unknown =>
  typeof member === 'bigint' ? rawNumber(String(member)) : member;

/** A 64-bit integer as a number of JSON, exactly. */
export const wireInteger = (value: bigint): unknown => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : rawNumber(String(value));
};

export function toJson(value: unknown): string {
  const text = texts.get(value as object);
  if (text !== undefined) return text;
  try {
    return JSON.stringify(value);
  } catch {
    // The engine refuses bigints, and takes three times as long where it asks us for each member.
    return JSON.stringify(value, rawBigint);
  }
}

type Reviver = (name: string, value: unknown, context: { readonly source?: string }) => unknown;

const exactIntegers: Reviver = (_name, value, { source = '' }) =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d{1,40}$/.test(source)
    ? BigInt(source)
    : value;

/** Whether a text may hold integers that a double cannot: 16 digits that are not the end of a fraction. */
const LONG_INTEGER = /(?:^|[^\d.])\d{16}/;

/** Parses JSON; integers that a double cannot hold become bigints. Throws what JSON.parse throws. */
export const parseJson = (text: string): unknown =>
  LONG_INTEGER.test(text)
    ? (JSON.parse as (text: string, reviver: Reviver) => unknown)(text, exactIntegers)
    : JSON.parse(text);
