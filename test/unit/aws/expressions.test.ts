import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  conditionExpression,
  type Placeholders,
  placeholders,
  updateExpression,
} from '#aws/expressions.ts';
import { all, any, type Condition, compare, missing, not, oneOf } from '#kernel/table.ts';

const built = (build: (at: Placeholders) => string | undefined) => {
  const at = placeholders();
  return { expression: build(at), ...at.members() };
};

const refusedAs = (reason: string) => expect.objectContaining({ code: 'invalid', reason });

describe('conditionExpression', () => {
  it('names each attribute once and each value by itself', () => {
    const condition = all(compare('size', '>', 1), any(compare('size', '<', 9), missing('a.b')));

    expect(built((at) => conditionExpression(condition, at))).toEqual({
      expression: '(#n0 > :v0 AND (#n0 < :v1 OR attribute_not_exists(#n1)))',
      ExpressionAttributeNames: { '#n0': 'size', '#n1': 'a.b' },
      ExpressionAttributeValues: { ':v0': { N: '1' }, ':v1': { N: '9' } },
    });
  });

  it('splits more than 100 values of one attribute', () => {
    const values = Array.from({ length: 201 }, (_, at) => at);

    const { expression = '' } = built((at) => conditionExpression(oneOf('n', values), at));

    const operands = expression.split(' OR ').map((group) => group.match(/:v/g)?.length);
    expect(operands).toEqual([100, 100, 1]);
  });

  it.each([
    ['none of nothing', oneOf('n', []), 'AND'],
    ['any of nothing', any(), 'AND'],
    ['all of nothing', all(), 'OR'],
  ])('has a constant for %s', (_title, condition, word) => {
    expect(built((at) => conditionExpression(condition, at)).expression).toBe(
      `(attribute_exists(#n0) ${word} attribute_not_exists(#n0))`,
    );
  });

  it('orders text and numbers only', () => {
    const ordered = (value: boolean | null) => () =>
      conditionExpression(compare('n', '<', value), placeholders());

    expect(ordered(true)).toThrow(refusedAs('condition_not_ordered'));
    expect(ordered(null)).toThrow(refusedAs('condition_not_ordered'));
  });

  it('lets no name and no value into the expression', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    const value = fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }));
    const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
      condition: fc.oneof(
        { depthSize: 'small' },
        fc.tuple(text, value).map(([name, of]) => compare(name, '=', of)),
        text.map(missing),
        fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((of) => all(...of)),
        tie('condition').map(not),
      ),
    }));

    fc.assert(
      fc.property(condition, (tried) => {
        const { expression = '' } = built((at) => conditionExpression(tried, at));
        const rest = expression.replaceAll(/#n\d+|:v\d+|attribute_not_exists|AND|NOT/g, '');
        expect(rest).toMatch(/^[() =]*$/);
      }),
    );
  });
});

describe('updateExpression', () => {
  it('says everything at once', () => {
    const changes = {
      set: { a: 1, gone: undefined },
      setIfAbsent: { b: 'x' },
      add: { c: -1 },
      append: { d: [true] },
      remove: ['e'],
    };

    expect(built((at) => updateExpression(changes, at, 'mark'))).toEqual({
      expression:
        'SET #n0 = :v0, #n1 = if_not_exists(#n1, :v1), ' +
        '#n2 = list_append(if_not_exists(#n2, :v2), :v3), #n3 = :v4 ADD #n4 :v5 REMOVE #n5',
      ExpressionAttributeNames: {
        '#n0': 'a',
        '#n1': 'b',
        '#n2': 'd',
        '#n3': '~w',
        '#n4': 'c',
        '#n5': 'e',
      },
      ExpressionAttributeValues: {
        ':v0': { N: '1' },
        ':v1': { S: 'x' },
        ':v2': { L: [] },
        ':v3': { L: [{ BOOL: true }] },
        ':v4': { S: 'mark' },
        ':v5': { N: '-1' },
      },
    });
  });

  it('is absent where nothing changes', () => {
    expect(built((at) => updateExpression({ set: { a: undefined } }, at))).toEqual({});
  });

  it.each([
    ['attribute_changed_twice', { set: { a: 1 }, remove: ['a'] }],
    ['key_changed', { add: { pk: 1 } }],
    ['reserved_attribute', { set: { '~w': 'x' } }],
    ['not_finite', { add: { n: Number.NaN } }],
    ['number_out_of_range', { add: { n: 1e200 } }],
  ])('refuses with %s', (reason, changes) => {
    expect(() => updateExpression(changes, placeholders())).toThrow(refusedAs(reason));
  });
});
