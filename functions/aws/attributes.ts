import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { invalid } from '#kernel/errors.ts';
import type { Attribute, Item, Key } from '#kernel/table.ts';

export type WireItem = Record<string, AttributeValue>;

/** Attribute that names the write which made the item what it is; never seen outside `aws/`. */
export const STAMP = '~w';

// DynamoDB's numbers end long before doubles do. The port has no sets, so a set of one string is
// free to carry the doubles that it would refuse (MLflow stores infinities as ±1.797e308).
const SMALLEST = 1e-130;
const LARGEST = 1e126;

export const fitsNumber = (value: number): boolean => {
  const size = Math.abs(value);
  return size === 0 || (size >= SMALLEST && size < LARGEST);
};

function encodeNumber(value: number): AttributeValue {
  if (!Number.isFinite(value)) {
    throw invalid('not_finite', 'A number must be finite; send infinities and NaN as text.');
  }
  return fitsNumber(value) ? { N: String(value === 0 ? 0 : value) } : { SS: [String(value)] };
}

function encodeString(value: string): AttributeValue {
  if (!value.isWellFormed()) {
    throw invalid('ill_formed_text', 'Text must be well-formed Unicode, without lone surrogates.');
  }
  return { S: value };
}

const isList = (value: object): value is readonly Attribute[] => Array.isArray(value);

/**
 * The wire form of a value. util-dynamodb is not used: it drops a member named `__proto__`,
 * fails on one named `constructor`, and answers large doubles as bigint.
 */
export function encode(value: Attribute): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return encodeString(value);
  if (typeof value === 'number') return encodeNumber(value);
  if (typeof value === 'boolean') return { BOOL: value };
  if (value instanceof Uint8Array) return { B: value };
  if (isList(value)) return { L: value.map(encode) };
  return { M: encodeMembers(value) };
}

function encodeMembers(members: { readonly [name: string]: Attribute | undefined }): WireItem {
  const encoded: [string, AttributeValue][] = [];
  for (const [name, value] of Object.entries(members)) {
    if (!name.isWellFormed()) {
      throw invalid('ill_formed_text', 'Names must be well-formed Unicode.');
    }
    if (value !== undefined) encoded.push([name, encode(value)]);
  }
  // fromEntries defines own members, so that `__proto__` stays a name like any other.
  return Object.fromEntries(encoded);
}

/** The SDK itself loses a top-level `__proto__`; the stamp is ours. */
export function requireName(name: string): void {
  if (name === STAMP || name === '__proto__') {
    throw invalid('reserved_attribute', `An attribute cannot be named "${name}".`);
  }
}

const KEY_BYTES = { pk: 2048, sk: 1024 };

function requireKeyPart(name: 'pk' | 'sk', value: string): void {
  const bytes = Buffer.byteLength(value);
  if (bytes === 0 || bytes > KEY_BYTES[name]) {
    throw invalid('invalid_key', `The ${name} of a key must have 1 to ${KEY_BYTES[name]} bytes.`);
  }
}

/** Only pk and sk of `key`, whatever else it carries. */
export function encodeKey({ pk, sk }: Key): WireItem {
  requireKeyPart('pk', pk);
  requireKeyPart('sk', sk);
  return { pk: encodeString(pk), sk: encodeString(sk) };
}

export function encodeItem(item: Item, stamp?: string): WireItem {
  for (const name of Object.keys(item)) requireName(name);
  const wire = { ...encodeMembers(item), ...encodeKey(item) };
  return stamp === undefined ? wire : { ...wire, [STAMP]: { S: stamp } };
}

/** The value behind the wire form; sets hold the doubles that are out of DynamoDB's range. */
export function decode(wire: AttributeValue): Attribute {
  if (wire.S !== undefined) return wire.S;
  if (wire.N !== undefined) return Number(wire.N);
  if (wire.M !== undefined) return decodeMembers(wire.M);
  if (wire.L !== undefined) return wire.L.map(decode);
  if (wire.BOOL !== undefined) return wire.BOOL;
  if (wire.B !== undefined) return wire.B;
  if (wire.SS !== undefined) return Number(wire.SS[0]);
  return null;
}

const decodeMembers = (wire: WireItem): { readonly [name: string]: Attribute } =>
  Object.fromEntries(Object.entries(wire).map(([name, value]) => [name, decode(value)]));

/** The item without its stamp. */
export function decodeItem(wire: WireItem): Item {
  const { [STAMP]: _stamp, pk, sk, ...rest } = wire;
  return { ...decodeMembers(rest), pk: pk?.S ?? '', sk: sk?.S ?? '' };
}
