import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { castParameterValue, type ParameterType } from '#domain/entrypoints/task-graph/index.ts';

/** As it would be sent; undefined when the text is not of the type. */
function cast(type: ParameterType, text: string): string | undefined {
  const result = castParameterValue(type, text);
  return result.ok ? JSON.stringify(result.value) : undefined;
}

describe('castParameterValue', () => {
  test.each<[ParameterType, string, string]>([
    ['string', ' 5 ', '" 5 "'],
    ['integer', ' +1_000 ', '1000'],
    ['integer', '007', '7'],
    ['integer', '9007199254740993', '9007199254740993'],
    ['float', '2', '2.0'],
    ['float', '.5', '0.5'],
    ['float', '1e-7', '1e-7'],
    ['boolean', 'tRUE', 'true'],
    ['boolean', 'false', 'false'],
    ['list', '[1, 1.0, 9007199254740993, {"a": []}]', '[1,1.0,9007199254740993,{"a":[]}]'],
    ['mapping', '{"__proto__": {"x": 1}}', '{"__proto__":{"x":1}}'],
  ])('%s %j is %s', (type, text, expected) => {
    expect(cast(type, text)).toBe(expected);
  });

  test.each<[ParameterType, string]>([
    ['integer', ''],
    ['integer', '1.0'],
    ['integer', '1__0'],
    ['integer', '9'.repeat(5000)],
    ['float', 'nan'],
    ['float', '-inf'],
    ['float', '1e400'],
    ['float', '1.2.3'],
    ['boolean', 'yes'],
    ['boolean', ' true'],
    ['list', '{}'],
    ['list', '[NaN]'],
    ['list', '[1e999]'],
    ['list', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['mapping', '[]'],
    ['mapping', 'null'],
    ['mapping', '{"rawJSON": 5'],
  ])('%s %j is refused', (type, text) => {
    const result = castParameterValue(type, text);

    expect(result.ok).toBe(false);
    expect(result.ok || result.message.length).toBeLessThan(250);
  });

  test('long texts cost no more than their length', () => {
    const start = process.cpuUsage();

    castParameterValue('float', `${'1'.repeat(1 << 20)}x`);
    castParameterValue('integer', `${'1_1'.repeat(1 << 18)}x`);
    castParameterValue('list', `["${'\\"'.repeat(1 << 19)}`);

    expect(process.cpuUsage(start).user / 1000).toBeLessThan(500);
  });

  test('lists come back as they were sent', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 5 })), (list) => {
        const text = JSON.stringify(list);
        // JSON of JavaScript has no negative zero and writes 1e21 where we write it, too.
        expect(JSON.parse(cast('list', text) ?? 'null')).toEqual(JSON.parse(text));
      }),
    );
  });
});
