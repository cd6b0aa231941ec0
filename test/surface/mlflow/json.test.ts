import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  doubleText,
  inJson,
  listInJson,
  parseJson,
  toJson,
  wireDouble,
  wireInteger,
} from '#surfaces/mlflow/json.ts';

const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -(2n ** 54n), max: 2n ** 54n }),
  fc.constantFrom(0n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n)),
);

describe('JSON with integers of 64 bits', () => {
  it('writes each exactly, as a bigint or for the wire', () => {
    fc.assert(
      fc.property(int64, (integer) => {
        const text = `{"step":${integer}}`;

        expect(toJson({ step: integer })).toBe(text);
        expect(toJson({ step: wireInteger(integer) })).toBe(text);
      }),
    );
  });

  it('reads each exactly, wherever it stands', () => {
    fc.assert(
      fc.property(int64, (integer) => {
        const read = parseJson(`[${integer}, {"a":${integer}},-1.5]`) as unknown[];

        const wanted = Number.isSafeInteger(Number(integer)) ? Number(integer) + 0 : integer;
        expect(read).toEqual([wanted, { a: wanted }, -1.5]);
        expect(parseJson(String(integer))).toEqual(wanted);
      }),
    );
  });

  it('reads everything else as JSON is read', () => {
    fc.assert(
      fc.property(
        fc.json(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (text, double) => {
          const withDouble = `{"any":${text},"double":${JSON.stringify(double)}}`;
          fc.pre(!/(^|[^\d.])\d{16,}(?![\d.e])/.test(withDouble));

          expect(parseJson(withDouble)).toEqual(JSON.parse(withDouble));
        },
      ),
    );
  });

  it.each([
    [Number.NaN, '"NaN"'],
    [Number.POSITIVE_INFINITY, '1.7976931348623157e+308'],
    [Number.NEGATIVE_INFINITY, '-1.7976931348623157e+308'],
    [-0, '-0.0'],
    [0.1, '0.1'],
  ])('writes the double %s as %s', (double, text) => {
    expect(toJson([wireDouble(double)])).toBe(`[${text}]`);
    expect(toJson([wireDouble(double), 1n])).toBe(`[${text},1]`);
    expect(doubleText(double)).toBe(text);
  });

  it('writes a list of texts within an object', () => {
    const list = ['{"a":1.50}', '{"b":2}'];

    expect(toJson(listInJson('all', list, { next: 'x' }))).toBe(
      '{"all":[{"a":1.50},{"b":2}],"next":"x"}',
    );
    expect(toJson(listInJson('all', list, {}))).toBe('{"all":[{"a":1.50},{"b":2}]}');
    expect(toJson(listInJson('all', [], {}))).toBe('{}');
    expect(toJson(listInJson('all', [], { next: 'x' }))).toBe('{"next":"x"}');
  });

  it('writes a kept text as it is', () => {
    expect(toJson(inJson('{"a": 1.50}'))).toBe('{"a": 1.50}');
  });
});
