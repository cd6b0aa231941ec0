import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern, matchesPattern, type PatternToken } from '#kernel/search/pattern.ts';

const tokensOf = (glob: string): PatternToken[] =>
  [...glob].map((char) => {
    if (char === '*') return { kind: 'any' };
    return char === '?' ? { kind: 'one' } : { kind: 'text', text: char };
  });

const matchesGlob = (glob: string, text: string, caseSensitive = false): boolean =>
  matchesPattern(compilePattern(tokensOf(glob), { caseSensitive }), text);

/** The definition itself: exponential, so only for short texts. */
function byDefinition(glob: readonly string[], text: readonly string[]): boolean {
  const [first, ...rest] = glob;
  if (first === undefined) return text.length === 0;
  if (first === '*') {
    return byDefinition(rest, text) || (text.length > 0 && byDefinition(glob, text.slice(1)));
  }
  const [char, ...behind] = text;
  return char !== undefined && (first === '?' || first === char) && byDefinition(rest, behind);
}

describe('matchesPattern', () => {
  it('agrees with the definition of wildcards, counting characters and not code units', () => {
    let positive = 0;
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b', '😀', '*', '?'), { maxLength: 8 }),
        fc.array(fc.constantFrom('a', 'b', '😀'), { maxLength: 8 }),
        (glob, text) => {
          const expected = byDefinition(glob, text);
          positive += expected ? 1 : 0;

          expect(matchesGlob(glob.join(''), text.join(''))).toBe(expected);
        },
      ),
      { numRuns: 20_000 },
    );
    expect(positive).toBeGreaterThan(1000);
  });

  it('agrees on long stretches with question marks, which go over several words of bits', () => {
    const character = fc.constantFrom('a', 'b', '😀');
    let positive = 0;
    fc.assert(
      fc.property(
        fc.array(character, { minLength: 100, maxLength: 140 }),
        fc.record({
          from: fc.nat(60),
          length: fc.integer({ min: 30, max: 70 }),
          every: fc.integer({ min: 2, max: 9 }),
          other: fc.option(fc.nat(69), { freq: 2 }),
          ends: fc.constantFrom(['*', '*'], ['*', ''], ['', '*'], ['*b', 'a*']),
        }),
        (text, { from, length, every, other, ends: [before = '', behind = ''] }) => {
          const stretch = text
            .slice(from, from + length)
            .map((each, at) => (at === other ? 'a' : at % every === 0 ? '?' : each));
          const glob = `${before}${stretch.join('')}${behind}`;
          const source = glob.replaceAll('*', '.*').replaceAll('?', '.');
          const expected = new RegExp(`^${source}$`, 'su').test(text.join(''));
          positive += expected ? 1 : 0;

          expect(matchesGlob(glob, text.join(''), true)).toBe(expected);
        },
      ),
      { numRuns: 1_000 },
    );
    expect(positive).toBeGreaterThan(100);
  });

  it('takes time that is linear in the text, whatever a question mark stands beside', () => {
    const text = 'a'.repeat(4_000_000);
    const started = performance.now();

    for (const end of ['b', '*b', 'b*'])
      expect(matchesGlob(`*${'a?'.repeat(120)}${end}`, text)).toBe(false);

    expect(performance.now() - started).toBeLessThan(4_000);
  });

  it('ignores case in every script unless told not to', () => {
    expect(matchesGlob('ΟΔΟΣ*', 'οδοσα')).toBe(true);
    expect(matchesGlob('ΟΔΟΣ', 'οδος')).toBe(true);
    expect(matchesGlob('İ?', 'ix')).toBe(true);
    expect(matchesGlob('a*', 'ABC')).toBe(true);
    expect(matchesGlob('a*', 'ABC', true)).toBe(false);
    expect(matchesGlob('A*', 'ABC', true)).toBe(true);
  });

  it('lets the two ends not share characters', () => {
    expect(matchesGlob('ab*ba', 'aba')).toBe(false);
    expect(matchesGlob('ab*ba', 'abba')).toBe(true);
    expect(matchesGlob('', '')).toBe(true);
    expect(matchesGlob('', 'a')).toBe(false);
  });
});
