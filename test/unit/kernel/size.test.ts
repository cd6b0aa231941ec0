import { describe, expect, it } from 'vitest';
import { checkItem, itemSize, measureItem } from '#kernel/size.ts';
import { type Attribute, MAX_ITEM_BYTES } from '#kernel/table.ts';

const key = { pk: 'p', sk: 's' };
// pk, sk and their values: one byte each.
const KEY_BYTES = 6;

const nested = (depth: number): Attribute => (depth === 0 ? 'x' : [nested(depth - 1)]);

describe('itemSize', () => {
  it.each<readonly [string, Attribute, number]>([
    ['text by its UTF-8 bytes', 'aé😀', 7],
    ['an empty text', '', 0],
    ['NUL', '\0', 1],
    ['booleans', true, 1],
    ['null', null, 1],
    ['bytes', new Uint8Array(10), 10],
    ['zero', 0, 1],
    ['minus zero', -0, 1],
    ['one digit', 7, 2],
    ['two digits', 42, 2],
    ['three digits', 100, 2],
    ['digits across pairs', 123, 3],
    ['a negative number', -123, 4],
    ['trailing zeros', 1_000_000, 2],
    ['2^53', 2 ** 53, 9],
    ['beyond the exact loop', 1.234e20, 4],
    ['a fraction', 0.5, 2],
    ['a fraction aligned at the point', 1.5, 3],
    ['a small number', 1e-130, 2],
    ['17 digits', 0.12345678901234568, 10],
    ['a double that DynamoDB has no number for', 1e300, 6],
    ['an empty list', [], 3],
    ['an empty map', {}, 3],
    ['a list', ['a', 'bc'], 3 + 2 + 3],
    ['a map', { ab: 'c', d: null }, 3 + 2 + (2 + 1) + (1 + 1)],
    ['undefined members as nothing', { a: undefined }, 3],
    ['nested containers', [{ a: [] }], 3 + 1 + (3 + 1 + 1 + 3)],
  ])('counts %s', (_title, value, bytes) => {
    expect(itemSize({ ...key, v: value })).toBe(KEY_BYTES + 1 + bytes);
  });

  it('counts names by their UTF-8 bytes and leaves undefined out', () => {
    expect(itemSize({ ...key, né: 'x', gone: undefined })).toBe(KEY_BYTES + 4);
  });

  it('notices bytes at any depth', () => {
    expect(measureItem({ ...key, v: [{ a: new Uint8Array(1) }] }).binary).toBe(true);
    expect(measureItem({ ...key, v: [{ a: 'x' }] }).binary).toBe(false);
  });

  it.each<readonly [string, unknown]>([
    ['not_finite', Number.NaN],
    ['not_finite', [Number.NEGATIVE_INFINITY]],
    ['string_not_well_formed', '\ud800'],
    ['string_not_well_formed', { '\udfff': 1 }],
    ['attribute_name_empty', { '': 1 }],
    ['attribute_unsupported', 1n],
    ['attribute_unsupported', () => 1],
    ['attribute_unsupported', [undefined]],
    ['nesting_too_deep', nested(33)],
  ])('refuses with %s', (reason, value) => {
    expect(() => itemSize({ ...key, v: value as Attribute })).toThrow(
      expect.objectContaining({ code: 'invalid', reason }),
    );
  });

  it('takes 32 levels', () => {
    expect(itemSize({ ...key, v: nested(32) })).toBe(KEY_BYTES + 1 + 32 * 4 + 1);
  });
});

describe('checkItem', () => {
  const ofSize = (bytes: number) => ({ ...key, v: 'x'.repeat(bytes - KEY_BYTES - 1) });

  it('takes the largest item and refuses the next', () => {
    expect(checkItem(ofSize(MAX_ITEM_BYTES)).bytes).toBe(MAX_ITEM_BYTES);
    expect(() => checkItem(ofSize(MAX_ITEM_BYTES + 1))).toThrow(
      expect.objectContaining({ code: 'too_large', reason: 'item_too_large' }),
    );
  });

  it.each([
    [{ pk: 'é'.repeat(1024), sk: 'x'.repeat(1024) }, undefined],
    [{ pk: 'é'.repeat(1025), sk: 's' }, 'key_too_long'],
    [{ pk: 'p', sk: 'x'.repeat(1025) }, 'key_too_long'],
    [{ pk: 'p', sk: '' }, 'key_empty'],
    [{ ...key, gsi1pk: 'x' }, undefined],
    [{ ...key, gsi2pk: 'x', gsi2sk: '' }, 'key_empty'],
    [{ ...key, gsi1sk: null }, 'key_not_string'],
    [{ ...key, '~w': 'x' }, 'reserved_attribute'],
    [JSON.parse('{"pk":"p","sk":"s","__proto__":1}'), 'reserved_attribute'],
  ])('judges keys and names: %#', (item, reason) => {
    const run = () => checkItem(item);
    if (reason === undefined) expect(run).not.toThrow();
    else expect(run).toThrow(expect.objectContaining({ code: 'invalid', reason }));
  });
});
