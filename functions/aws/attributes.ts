import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { checkItem, checkKey, measureItem } from '#kernel/size.ts';
import type { Attribute, Item, Key } from '#kernel/table.ts';

export type WireItem = Record<string, AttributeValue>;

/** Attribute that names the write which made the item what it is; never seen outside `aws/`. */
export const STAMP = '~w';

// DynamoDB's numbers end long before doubles do. The port has no sets, so that a set of one string
// is free to carry the others (MLflow stores infinities as ±1.797e308).
const SMALLEST_NUMBER = 1e-130;
const NUMBER_LIMIT = 1e126;

/** Whether DynamoDB has this number. */
export function fitsNumber(value: number): boolean {
  const size = Math.abs(value);
  return size === 0 || (size >= SMALLEST_NUMBER && size < NUMBER_LIMIT);
}

const encodeNumber = (value: number): AttributeValue =>
  fitsNumber(value) ? { N: String(value) } : { SS: [String(value)] };

const isList = (value: object): value is readonly Attribute[] => Array.isArray(value);

/**
 * The wire form of a value. util-dynamodb is not used: it drops a member named `__proto__`,
 * fails on one named `constructor`, and answers integers beyond 2^53 as bigint.
 */
function encode(value: Attribute): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return encodeNumber(value);
  if (typeof value === 'boolean') return { BOOL: value };
  if (value instanceof Uint8Array) return { B: value };
  if (isList(value)) return { L: value.map(encode) };
  return { M: encodeMembers(value) };
}

function encodeMembers(members: { readonly [name: string]: Attribute | undefined }): WireItem {
  const encoded: [string, AttributeValue][] = [];
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined) encoded.push([name, encode(value)]);
  }
  // fromEntries defines own members, so that `__proto__` stays a name like any other.
  return Object.fromEntries(encoded);
}

/** The wire form of one value within a request; throws `invalid` for what no item can hold. */
export function encodeValue(value: Attribute): AttributeValue {
  measureItem({ value });
  return encode(value);
}

/** Only pk and sk of `key`, whatever else it carries. */
export function encodeKey(key: Key): WireItem {
  checkKey(key);
  return { pk: { S: key.pk }, sk: { S: key.sk } };
}

export function encodeItem(item: Item, stamp?: string): WireItem {
  checkItem(item);
  const wire = encodeMembers(item);
  return stamp === undefined ? wire : { ...wire, [STAMP]: { S: stamp } };
}

function decode(wire: AttributeValue): Attribute {
  if (wire.S !== undefined) return wire.S;
  if (wire.N !== undefined) return Number(wire.N);
  if (wire.M !== undefined) return decodeMembers(wire.M);
  if (wire.L !== undefined) return wire.L.map(decode);
  if (wire.BOOL !== undefined) return wire.BOOL;
  if (wire.B !== undefined) return wire.B;
  return wire.SS === undefined ? null : Number(wire.SS[0]);
}

const decodeMembers = (wire: WireItem): { readonly [name: string]: Attribute } =>
  Object.fromEntries(Object.entries(wire).map(([name, value]) => [name, decode(value)]));

/** The item without its stamp. */
export function decodeItem(wire: WireItem): Item {
  const { [STAMP]: _stamp, pk, sk, ...rest } = wire;
  return { ...decodeMembers(rest), pk: pk?.S ?? '', sk: sk?.S ?? '' };
}
