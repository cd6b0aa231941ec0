import { describe, expect } from 'vitest';
import { itemSize } from '#kernel/size.ts';
import { type Attribute, type Item, MAX_ITEM_BYTES, put, remove, update } from '#kernel/table.ts';
import { uniqueName } from './suite.ts';
import type { TableTests } from './table.suite.ts';

const refusedAs = (code: string) => expect.objectContaining({ name: 'AppError', code });

const values: readonly (readonly [string, Attribute])[] = [
  ['an empty string', ''],
  ['NUL', 'a\u0000b'],
  ['four-byte characters', '😀 ︎ 𝒳'],
  ['both normal forms', 'e\u0301 é'],
  ['zero-width and right-to-left', '\u200b\u202e'],
  ['2^53 and its neighbours', [2 ** 53 - 1, 2 ** 53, -(2 ** 53) + 1, 2 ** 53 + 2]],
  ['small and large numbers', [1e-130, 1.5e-7, 9.25e125, -1e21, 1.7976931348623157]],
  ['numbers beyond the range of DynamoDB', [1e126, -1.7976931348623157e308, 5e-324, 1e-131]],
  ['zero', [0]],
  ['booleans and null', [true, false, null]],
  ['empty containers', { list: [], map: {}, nested: [[], {}] }],
  ['bytes', new Uint8Array([0, 1, 127, 128, 255])],
  ['no bytes', new Uint8Array(0)],
  ['bytes inside', { list: [new Uint8Array([1]), { deep: new Uint8Array([2]) }], $: 'x', $$: [1] }],
  ['what looks like a tag', { $: 'AAAA', S: 'x', N: '1', B: 'AA==' }],
  ['reserved words and odd names', { name: 1, size: 2, 'a.b': 3, '#x': 4, ':y': 5, 'ü ': 6 }],
  [
    'members with names of the prototype',
    JSON.parse('{"__proto__":{"x":1},"constructor":"c","toString":1}'),
  ],
];

const padded = (pk: string, bytes: number): Item => {
  const item: Item = { pk, sk: 'size', text: '' };
  return { ...item, text: 'x'.repeat(bytes - itemSize(item)) };
};

const roundTripTests = ({ table, test }: TableTests): void => {
  for (const [title, value] of values) {
    test(`keeps ${title}`, async () => {
      const item: Item = { pk: uniqueName('value'), sk: '1', value };

      await table().write(put(item));

      expect(await table().get(item)).toStrictEqual(item);
    });
  }

  test('keeps minus zero as zero', async () => {
    const item: Item = { pk: uniqueName('zero'), sk: '1', value: -0 };

    await table().write(put(item));

    expect((await table().get(item))?.value).toStrictEqual(0);
  });

  test('drops members that are undefined', async () => {
    const key = { pk: uniqueName('undefined'), sk: '1' };

    await table().write(put({ ...key, gone: undefined, map: { gone: undefined, kept: 1 } }));

    expect(await table().get(key)).toStrictEqual({ ...key, map: { kept: 1 } });
  });

  test('tells apart keys that differ in case, in normal form or after a NUL', async () => {
    const pk = uniqueName('keys');
    const keys = ['a', 'A', 'é', 'e\u0301', 'a\u0000', 'a\u0000b', ' a'].map((sk) => ({ pk, sk }));

    await table().bulk(keys.map((key, at) => ({ kind: 'put', item: { ...key, at } })));

    expect((await table().batchGet(keys)).map((item) => item?.at)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
};

const refusalTests = ({ table, test }: TableTests): void => {
  const refused: readonly (readonly [string, Item])[] = [
    ['an empty partition key', { pk: '', sk: '1' }],
    ['an empty sort key', { pk: 'a', sk: '' }],
    ['an empty index key', { pk: 'a', sk: 'b', gsi1pk: '', gsi1sk: 'x' }],
    ['an index key that is a number', { pk: 'a', sk: 'b', gsi1pk: 'x', gsi1sk: 1 }],
    ['a partition key over 2048 bytes', { pk: 'é'.repeat(1025), sk: '1' }],
    ['a sort key over 1024 bytes', { pk: 'a', sk: 'é'.repeat(513) }],
    ['NaN', { pk: 'a', sk: 'b', value: Number.NaN }],
    ['an infinite number', { pk: 'a', sk: 'b', value: { deep: [Number.POSITIVE_INFINITY] } }],
    ['the attribute __proto__', JSON.parse('{"pk":"a","sk":"b","__proto__":1}')],
    ['half a surrogate pair', { pk: 'a', sk: 'b', value: 'x\ud800y' }],
    ['half a surrogate pair in a key', { pk: 'a', sk: '\udc00' }],
  ];
  for (const [title, item] of refused) {
    test(`refuses ${title}`, async () => {
      await expect(table().write(put(item))).rejects.toEqual(refusedAs('invalid'));
      await expect(table().transact([put(item)])).rejects.toEqual(refusedAs('invalid'));
      await expect(table().bulk([{ kind: 'put', item }])).rejects.toEqual(refusedAs('invalid'));
    });
  }

  test('refuses empty keys in reads and deletes', async () => {
    const key = { pk: 'a', sk: '' };

    await expect(table().get(key)).rejects.toEqual(refusedAs('invalid'));
    await expect(table().batchGet([key])).rejects.toEqual(refusedAs('invalid'));
    await expect(table().write(remove(key))).rejects.toEqual(refusedAs('invalid'));
  });
};

const sizeTests = ({ table, test }: TableTests): void => {
  test('takes an item of exactly the largest size and refuses one byte more', async () => {
    const pk = uniqueName('size');
    const largest = padded(pk, MAX_ITEM_BYTES);

    await table().write(put(largest));
    const over = put(padded(pk, MAX_ITEM_BYTES + 1));

    expect((await table().get(largest))?.text).toHaveLength(String(largest.text).length);
    await expect(table().write(over)).rejects.toEqual(refusedAs('too_large'));
    await expect(table().transact([over])).rejects.toEqual(refusedAs('too_large'));
  });

  test('refuses an update that makes the item too large and leaves it as it was', async () => {
    const item = padded(uniqueName('grow'), MAX_ITEM_BYTES);
    await table().write(put(item));

    const grow = update(item, { set: { x: '' } });

    await expect(table().write(grow)).rejects.toEqual(refusedAs('too_large'));
    expect(await table().get(item)).toStrictEqual(item);
  });
};

export const valueTests = (tests: TableTests): void => {
  describe('values', () => {
    roundTripTests(tests);
    refusalTests(tests);
    sizeTests(tests);
  });
};
