import { expect, it } from 'vitest';
import { parseJson } from '#http/body.ts';

it.each([
  '{"__proto__": 1}',
  '{"a": [{"b": {"__proto__": {}}}]}',
  '{"\\u005f_proto__": 1}',
  '[[[{"\\u005f\\u005fproto\\u005f\\u005f": null}]]]',
])('%s is refused, since its key would be lost', (text) => {
  expect(() => parseJson(text)).toThrow(SyntaxError);
});

it.each(['{"a": "__proto__"}', '"\\u005f_proto__"', '{"proto": {"__prot": 1}}', 'null', '[null]'])(
  '%s is taken as it is',
  (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text));
  },
);

it('a hundred thousand levels are looked at without running out of stack', () => {
  const deep = `${'['.repeat(100_000)}{"__proto__":1}${']'.repeat(100_000)}`;

  expect(() => parseJson(deep)).toThrow(SyntaxError);
});

it.each([
  ['lists', '[', ']'],
  ['objects', '{"a":', '}'],
])('no more than a thousand levels of %s are taken', (_, open, close) => {
  const nested = (levels: number) => `${open.repeat(levels)}1${close.repeat(levels)}`;
  const quoted = JSON.stringify({ text: `\\"${open.repeat(2_000)}` });

  expect(() => parseJson(nested(1_001))).toThrow(SyntaxError);
  expect(JSON.stringify(parseJson(nested(1_000)))).toBe(nested(1_000));
  expect(JSON.stringify(parseJson(quoted))).toBe(quoted);
});
