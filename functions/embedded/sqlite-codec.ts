import type { Attribute, Item } from '#kernel/table.ts';

/**
 * Items are kept as JSON text. Most hold no bytes and are plain JSON, read by one `JSON.parse`.
 * Text of an item with bytes starts with a mark; in it `{"$": base64}` stands for bytes, and
 * names that start with `$` have one more.
 */
const BINARY_MARK = '!';
const TAG = '$';

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

const toTagged = (value: Attribute): Json => {
  if (value instanceof Uint8Array) return { [TAG]: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(toTagged);
  if (typeof value === 'object' && value !== null) return membersToTagged(value);
  return value as Json;
};

const membersToTagged = (value: object): { readonly [name: string]: Json } =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name.startsWith(TAG) ? TAG + name : name, toTagged(member)]),
  );

const fromTagged = (value: Json): Attribute => {
  if (Array.isArray(value)) return value.map(fromTagged);
  if (typeof value !== 'object' || value === null) return value as Attribute;
  const bytes = (value as { readonly [name: string]: Json })[TAG];
  if (typeof bytes === 'string') return new Uint8Array(Buffer.from(bytes, 'base64'));
  return membersFromTagged(value);
};

const membersFromTagged = (value: object): { readonly [name: string]: Attribute } =>
  Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name.startsWith(TAG) ? name.slice(1) : name,
      fromTagged(member),
    ]),
  );

/** `binary`: whether the item holds bytes anywhere. */
export const encodeItem = (item: Item, binary: boolean): string =>
  binary ? BINARY_MARK + JSON.stringify(membersToTagged(item)) : JSON.stringify(item);

export const decodeItem = (text: string): Item =>
  text.startsWith(BINARY_MARK)
    ? (membersFromTagged(JSON.parse(text.slice(1))) as Item)
    : (JSON.parse(text) as Item);
