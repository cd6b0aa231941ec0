import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { regexTest } from '#kernel/filter/regex.ts';

const finds = (pattern: string, text: string) => regexTest(pattern, { left: 10_000_000 })(text);

describe('a regular expression', () => {
  it.each([
    ['a', 'xay', true],
    ['^a', 'xay', false],
    ['^a.c$', 'abc', true],
    ['^a.c$', 'a\nc', false],
    ['', 'x', true],
    ['^$', '', true],
    ['(ab)+c', 'ababc', true],
    ['^(ab){2}$', 'abab', true],
    ['^(ab){2}$', 'ababab', false],
    ['^a{1,2}$', 'aaa', false],
    ['^a{2,}?$', 'aaa', true],
    ['a|b|', 'x', true],
    ['^(?:cat|dog)s?$', 'dogs', true],
    ['^(?P<x>cat)$', 'cat', true],
    ['^[a-c]+$', 'abcab', true],
    ['^[^a-c]+$', 'xyz', true],
    ['^[]a]+$', ']a', true],
    ['^[a-]+$', 'a-', true],
    ['^[\\d.]+$', '1.5', true],
    ['^\\w+\\s\\W$', 'ab_1 !', true],
    ['\\bcat\\b', 'a cat!', true],
    ['\\bcat\\b', 'concat', false],
    ['\\.', 'a', false],
    ['(?i)StRaße', 'xSTRAßEx', true],
    ['(?i)^[a-z]+$', 'ABC', true],
    ['^.$', '😀', true],
    ['^(a*)*$', 'aaa', true],
    ['\\n', '\n', true],
  ])('%s in %j: %s', (pattern, text, expected) => {
    expect(finds(pattern, text)).toBe(expected);
  });

  it.each([
    ['(a', 'not closed'],
    ['a)', 'not opened'],
    ['*a', 'nothing stands before'],
    ['a**', 'two repetitions'],
    ['a{2,1}', 'at most'],
    ['a{201}', 'at most'],
    ['a{x}', 'use {m}'],
    ['(?=a)', 'are groups here'],
    ['(a)\\1', '\\1 is not known'],
    ['[z-a]', 'before it begins'],
    ['[a', 'too early'],
    ['a\\', 'too early'],
    ['((a{100}){100})', 'too large'],
    ['a'.repeat(501), 'longer than'],
    ['('.repeat(31), 'too deep'],
  ])('%s is refused', (pattern, why) => {
    expect(() => regexTest(pattern, { left: 1 })).toThrow(
      expect.objectContaining({ reason: 'filter' }),
    );
    expect(() => regexTest(pattern, { left: 1 })).toThrow(why);
  });

  it('finds what JavaScript finds', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '(a|b)', '(ab)', '\\w', '^', '$');
    const repeat = fc.constantFrom('', '*', '+', '?', '{2}', '{1,2}');
    const pattern = fc
      .array(fc.tuple(atom, repeat), { maxLength: 6 })
      .map((parts) =>
        parts.map(([one, many]) => (one === '^' || one === '$' ? one : one + many)).join(''),
      );
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 });

    fc.assert(
      fc.property(pattern, text, (regex, signs) => {
        const subject = signs.join('');
        expect(finds(regex, subject)).toBe(new RegExp(regex, 'u').test(subject));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['^(a+)+$', 10_000],
    ['^(a|a)*$', 10_000],
    ['(.*a){20}$', 2_000],
  ])('%s takes no long time', (pattern, length) => {
    const started = performance.now();

    expect(finds(pattern, `${'a'.repeat(length)}!`)).toBe(false);

    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

it('a regular expression does no more than it may, all texts together', () => {
  const work = { left: 100_000 };
  const finds = regexTest(String.raw`(\w?){150}!`, work);

  expect(finds('x'.repeat(300))).toBe(false);
  expect(() => {
    for (let text = 0; text < 100; text += 1) finds('x'.repeat(300));
  }).toThrow(expect.objectContaining({ reason: 'filter' }));
});
