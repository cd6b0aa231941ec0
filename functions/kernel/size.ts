import { AppError, invalid } from './errors.ts';
import { type Attribute, type Item, type Key, MAX_ITEM_BYTES } from './table.ts';

/** What {@link measureItem} found while it walked through an item. */
export interface Measured {
  /** Size by DynamoDB's rules: attribute names and values, without storage overhead. */
  readonly bytes: number;
  /** Whether any value is a `Uint8Array`. */
  readonly binary: boolean;
}

/** Longest partition key (table and indexes), in bytes of UTF-8. */
const MAX_PK_BYTES = 2048;
/** Longest sort key (table and indexes), in bytes of UTF-8. */
const MAX_SK_BYTES = 1024;

/** Names of top-level attributes that an adapter needs for itself or cannot carry. */
const RESERVED_NAMES: readonly string[] = ['__proto__', '~w'];

const CONTAINER_BYTES = 3;
const MAX_DEPTH = 32;
const SMALLEST_NUMBER = 1e-130;
const NUMBER_LIMIT = 1e126;
const LARGEST_EXACT_LOOP = 1e15;

interface Tally {
  bytes: number;
  binary: boolean;
}

// Numbers are kept as pairs of decimal digits, aligned at the decimal point and without
// leading and trailing zero pairs; sign and exponent take the rest.
const integerPairs = (value: number): number => {
  let rest = value;
  while (rest % 100 === 0) rest /= 100;
  let pairs = 0;
  for (; rest >= 1; rest = Math.floor(rest / 100)) pairs += 1;
  return pairs;
};

const decimalPairs = (value: number): number => {
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const digits = mantissa.length > 1 ? mantissa.length - 1 : 1;
  const leadsWithHalfPair = Number(exponent) % 2 === 0;
  return Math.ceil((digits + (leadsWithHalfPair ? 1 : 0)) / 2);
};

const numberSize = (value: number): number => {
  if (value === 0) return 1;
  if (!Number.isFinite(value)) {
    throw invalid('not_finite', 'A number must be finite; send infinities and NaN as text.');
  }
  const size = Math.abs(value);
  // DynamoDB has no number for these; they are kept as text there.
  if (size < SMALLEST_NUMBER || size >= NUMBER_LIMIT) return String(value).length;
  const pairs =
    size < LARGEST_EXACT_LOOP && Number.isInteger(size) ? integerPairs(size) : decimalPairs(size);
  return 1 + pairs + (value < 0 ? 1 : 0);
};

const textSize = (text: string): number => {
  if (!text.isWellFormed()) {
    throw invalid('string_not_well_formed', 'A string must not hold half of a surrogate pair.');
  }
  return Buffer.byteLength(text);
};

const nameSize = (name: string): number => {
  if (name === '') throw invalid('attribute_name_empty', 'An attribute name must not be empty.');
  return textSize(name);
};

/** Throws `invalid` for the name of a top-level attribute that not every adapter can store. */
export const checkAttributeName = (name: string): void => {
  if (RESERVED_NAMES.includes(name)) {
    throw invalid('reserved_attribute', `An attribute cannot be named "${name}".`);
  }
};

const addContainer = (
  tally: Tally,
  value: readonly Attribute[] | { readonly [name: string]: Attribute | undefined },
  depth: number,
): void => {
  if (depth >= MAX_DEPTH) {
    throw invalid(
      'nesting_too_deep',
      `An attribute must not be nested more than ${MAX_DEPTH} deep.`,
    );
  }
  tally.bytes += CONTAINER_BYTES;
  if (Array.isArray(value)) {
    tally.bytes += value.length;
    for (const element of value) addValue(tally, element, depth + 1);
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    tally.bytes += 1 + nameSize(name);
    addValue(tally, member, depth + 1);
  }
};

const addValue = (tally: Tally, value: Attribute, depth: number): void => {
  if (typeof value === 'string') tally.bytes += textSize(value);
  else if (typeof value === 'number') tally.bytes += numberSize(value);
  else if (value === null || typeof value === 'boolean') tally.bytes += 1;
  else if (value instanceof Uint8Array) {
    tally.bytes += value.byteLength;
    tally.binary = true;
  } else if (typeof value === 'object') addContainer(tally, value, depth);
  else throw invalid('attribute_unsupported', `An attribute must not be a ${typeof value}.`);
};

/** Measures an item; throws `invalid` for a value that the table cannot hold. */
export const measureItem = (item: { readonly [name: string]: Attribute | undefined }): Measured => {
  const tally: Tally = { bytes: 0, binary: false };
  for (const name of Object.keys(item)) {
    const value = item[name];
    if (value === undefined) continue;
    checkAttributeName(name);
    tally.bytes += nameSize(name);
    addValue(tally, value, 0);
  }
  return tally;
};

/** Size of an item in bytes by DynamoDB's rules; the storage overhead is not part of it. */
export const itemSize = (item: { readonly [name: string]: Attribute | undefined }): number =>
  measureItem(item).bytes;

const checkKeyPart = (name: string, value: unknown, maxBytes: number): void => {
  if (typeof value !== 'string') throw invalid('key_not_string', `${name} must be a string.`);
  if (value === '') throw invalid('key_empty', `${name} must not be empty.`);
  if (textSize(value) > maxBytes) {
    throw invalid('key_too_long', `${name} must be at most ${maxBytes} bytes long.`);
  }
};

/** Throws `invalid` unless both parts are non-empty strings within their limits. */
export const checkKey = (key: Key): void => {
  checkKeyPart('pk', key.pk, MAX_PK_BYTES);
  checkKeyPart('sk', key.sk, MAX_SK_BYTES);
};

/**
 * Checks an item that is to be stored: its key, its index keys, its values (`invalid`) and its
 * size (`too_large`).
 */
export const checkItem = (item: Item): Measured => {
  checkKey(item);
  if (item.gsi1pk !== undefined) checkKeyPart('gsi1pk', item.gsi1pk, MAX_PK_BYTES);
  if (item.gsi1sk !== undefined) checkKeyPart('gsi1sk', item.gsi1sk, MAX_SK_BYTES);
  if (item.gsi2pk !== undefined) checkKeyPart('gsi2pk', item.gsi2pk, MAX_PK_BYTES);
  if (item.gsi2sk !== undefined) checkKeyPart('gsi2sk', item.gsi2sk, MAX_SK_BYTES);
  const measured = measureItem(item);
  if (measured.bytes > MAX_ITEM_BYTES) {
    throw new AppError('too_large', `An item must be at most ${MAX_ITEM_BYTES} bytes large.`, {
      reason: 'item_too_large',
      detail: { bytes: measured.bytes, limit: MAX_ITEM_BYTES },
    });
  }
  return measured;
};
