import { describe, expect, it } from 'vitest';
import { fits, opposites, type Row, rows } from './fits.ts';

describe('exact and is_not', () => {
  const table: readonly Row[] = [
    ['exact', 'pro', 'pro', true],
    ['exact', 'pro', 'Pro', true],
    ['exact', 'ÄÖ', 'äö', true],
    ['exact', 'pro', 'prof', false],
    ['exact', ['free', 'Pro'], 'pro', true],
    ['exact', ['free'], 'pro', false],
    ['exact', '1', 1, true],
    ['exact', 1, '1', true],
    ['exact', 1.5, '1.5', true],
    ['exact', '1.0', 1, false],
    ['exact', 1e21, '1e+21', true],
    ['exact', null, null, true],
    ['exact', 'null', null, true],
    ['exact', 'a', null, false],
    ['exact', ['a', 'b'], ['a', 'b'], false],
    ['exact', '["a","b"]', ['a', 'b'], true],
    ['exact', { b: 1, a: [2] }, { a: [2], b: 1 }, true],
    ['exact', true, true, true],
    ['exact', true, 'TRUE', true],
    ['exact', 'true', true, true],
    ['exact', true, ['true', true], true],
    ['exact', true, 1, false],
    ['exact', true, 'yes', false],
    // What does not say true is as good as false.
    ['exact', false, 'anything', true],
    ['exact', 'False', 0, true],
    ['exact', ['true', 'false'], 'true', false],
    ['exact', [], true, true],
    ['exact', [], 'a', false],
  ];
  rows(table);
  opposites('exact', 'is_not', table);

  it('are what a filter without an operator asks for', () => {
    expect(fits(undefined, 'a', 'A')).toBe(true);
    expect(fits(undefined, 'a', 'b')).toBe(false);
  });
});

describe('operators on parts of texts', () => {
  const table: readonly Row[] = [
    ['icontains', 'ell', 'Hello', true],
    ['icontains', 'ELL', 'hello', true],
    ['icontains', 'Ä', 'ä', false],
    ['icontains', '', '', true],
    ['icontains', '2', 123, true],
    ['icontains', 'ul', null, true],
    ['icontains', '"a"', ['A', 'b'], true],
    ['starts_with', 'HE', 'hello', true],
    ['starts_with', 'lo', 'hello', false],
    ['ends_with', 'LO', 'hello', true],
    ['ends_with', 'he', 'hello', false],
  ];
  rows(table);
  opposites('icontains', 'not_icontains', table);
  opposites('starts_with', 'not_starts_with', table);
  opposites('ends_with', 'not_ends_with', table);
});

describe('regex and not_regex', () => {
  const table: readonly Row[] = [
    ['regex', '@example\\.com$', 'me@example.com', true],
    ['regex', '@example\\.com$', 'me@example.com\n', false],
    ['regex', '@example\\.com$', 'me@EXAMPLE.com', false],
    ['regex', '(?i)@example', 'me@EXAMPLE.com', true],
    ['regex', '^[a-c]{2}(x|y)?$', 'ab', true],
    ['regex', '', 'anything', true],
    ['regex', '^12$', 12, true],
    ['regex', 5, 'x5', true],
    ['regex', 'true', true, true],
  ];
  rows(table);
  opposites('regex', 'not_regex', table);
  rows([
    // A pattern that is none fits nobody, either way round.
    ['regex', '(', 'x', false],
    ['not_regex', '(', 'x', false],
    ['regex', '(?=a)a', 'a', false],
    ['not_regex', '(?<!b)a', 'c', false],
    ['regex', 'a'.repeat(501), 'a'.repeat(501), false],
  ]);

  it('end for patterns that others go back and forth over', () => {
    const text = `${'a'.repeat(5_000)}!`;

    expect(fits('regex', '^(a+)+$', text)).toBe(false);
    expect(fits('regex', '(a|a)*(a|a)*(a|a)*b', text.repeat(40))).toBe(false);
    expect(fits('not_regex', '(a|a)*(a|a)*(a|a)*b', text.repeat(40))).toBe(false);
  });
});

describe('operators on numbers', () => {
  rows([
    ['gt', 18, 19, true],
    ['gt', 18, 18, false],
    ['gte', 18, 18, true],
    ['lt', 18, 17.5, true],
    ['lt', 18, 18, false],
    ['lte', 18, 18, true],
    ['gt', '9', '10', true],
    ['gt', 9, '1e1', true],
    ['lt', 0, '-1', true],
    ['gt', 9, 'abc', false],
    ['lt', 9, 'abc', false],
    ['gt', 9, '12abc', false],
    ['gt', 0, true, false],
    ['gte', 0, null, false],
    ['lt', 0, [], false],
    ['gt', 'abc', 'b', false],
    ['lte', null, 0, false],
    ['gt', 0, 'Infinity', false],
    ['lt', 0, 'NaN', false],
    ['gt', 0, '1e999', false],
  ]);
});
