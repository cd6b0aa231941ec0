import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeItem, encodeItem, encodeKey } from '#aws/attributes.ts';
import type { Attribute, Item } from '#kernel/table.ts';

const { attribute } = fc.letrec<{ attribute: Attribute }>((tie) => ({
  attribute: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.string({ unit: 'binary' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array(),
    fc.array(tie('attribute'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.string({ unit: 'binary', minLength: 1 }), tie('attribute')))
      .map((members) => Object.fromEntries(members)),
  ),
}));

describe('items on the wire', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(attribute, (value) => {
        const item: Item = { pk: 'a', sk: 'b', value };
        // The runner's own strict equality mistakes a member named "constructor" for a class.
        deepStrictEqual(decodeItem(encodeItem(item, 'stamp')), item);
      }),
    );
  });

  it('carry numbers that DynamoDB lacks as a set of one text', () => {
    const value = [1e126, 9.9e125, -5e-324, 1e-130, -0];

    expect(encodeItem({ pk: 'a', sk: 'b', value }).value).toEqual({
      L: [{ SS: ['1e+126'] }, { N: '9.9e+125' }, { SS: ['-5e-324'] }, { N: '1e-130' }, { N: '0' }],
    });
  });

  it('keep members with names of the prototype', () => {
    const item = JSON.parse('{"pk":"a","sk":"b","m":{"__proto__":{"x":1},"constructor":2}}');

    const back = decodeItem(encodeItem(item));

    expect(JSON.stringify(back)).toContain('{"__proto__":{"x":1},"constructor":2}');
    expect(Object.hasOwn({}, 'x')).toBe(false);
  });

  it('leave out what is undefined, and the stamp on the way back', () => {
    const wire = encodeItem({ pk: 'a', sk: 'b', gone: undefined, m: { gone: undefined } }, 'mark');

    expect(wire).toEqual({ pk: { S: 'a' }, sk: { S: 'b' }, m: { M: {} }, '~w': { S: 'mark' } });
    expect(decodeItem(wire)).toStrictEqual({ pk: 'a', sk: 'b', m: {} });
  });

  it('name only the key of an item that is looked up', () => {
    const item: Item = { pk: 'a', sk: 'b', other: 1 };

    expect(encodeKey(item)).toEqual({ pk: { S: 'a' }, sk: { S: 'b' } });
    expect(() => encodeKey({ pk: '', sk: 'b' })).toThrow(
      expect.objectContaining({ code: 'invalid' }),
    );
  });
});
