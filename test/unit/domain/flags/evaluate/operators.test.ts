import { describe, expect, it } from 'vitest';
import { compileFlag, evaluate } from '#domain/flags/index.ts';

const NOW = Date.UTC(2026, 2, 31, 12);
const MISSING = Symbol('missing');

/** Whether a flag with this one filter is on for somebody with this one property. */
function fits(operator: string | undefined, expected: unknown, actual: unknown): boolean {
  const property = { key: 'trait', value: expected, type: 'person', operator };
  const filters = { groups: [{ properties: [property], rollout_percentage: 100 }] };
  const personProperties = actual === MISSING ? {} : { trait: actual };
  const flag = compileFlag({ key: 'flag', active: true, filters });
  const evaluation = evaluate(flag, { distinctId: 'someone', personProperties, now: NOW });
  expect(evaluation.failed).toBeUndefined();
  return evaluation.enabled;
}

type Row = readonly [operator: string, expected: unknown, actual: unknown, fits: boolean];

const rows = (of: readonly Row[]) =>
  it.each(of)('%s %j of %j: %j', (operator, expected, actual, wanted) => {
    expect(fits(operator, expected, actual)).toBe(wanted);
  });

/** The opposite of an operator fits where it does not, and where the property is missing. */
const opposites = (operator: string, opposite: string, of: readonly Row[]) =>
  it.each(of.filter(([name]) => name === operator))(
    `${opposite} turns %s %j of %j round`,
    (_operator, expected, actual, wanted) => {
      expect(fits(opposite, expected, actual)).toBe(!wanted);
    },
  );

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

describe('operators on dates', () => {
  rows([
    ['is_date_before', '2024-06-01', '2024-05-31T23:59:59Z', true],
    ['is_date_before', '2024-06-01', '2024-06-01', false],
    ['is_date_after', '2024-06-01', '2024-06-01T00:00:00.001Z', true],
    ['is_date_after', '2024-06-01T12:00:00+02:00', '2024-06-01 10:00:01', true],
    ['is_date_before', '2024-06-01 10:00:00 UTC', '2024-06-01T09:59', true],
    ['is_date_exact', '2024-06-01', '2024-06-01T02:00:00+0200', true],
    ['is_date_exact', '2024-06-01', '2024-06-02', false],
    ['is_date_exact', '2024-01-01', 1_704_067_200, true],
    ['is_date_after', '2023-12-31', '1704067200.5', true],
    ['is_date_after', '2023-12-31', 'soon', false],
    ['is_date_before', '2023-12-31', 'soon', false],
    ['is_date_before', '2023-12-31', null, false],
    ['is_date_before', '2023-12-31', true, false],
    ['is_date_after', '2024-02-30', '2025-01-01', false],
    ['is_date_after', '2024-01-01T25:00:00', '2025-01-01', false],
    ['is_date_after', 1_000, '2025-01-01', false],
    // Now is noon of 31 March 2026.
    ['is_date_before', '-2h', '2026-03-31T09:59:59Z', true],
    ['is_date_after', '2h', '2026-03-31T10:00:01Z', true],
    ['is_date_exact', '-1d', '2026-03-30T12:00:00Z', true],
    ['is_date_exact', '-1w', '2026-03-24T12:00:00Z', true],
    ['is_date_exact', '-1m', '2026-02-28T12:00:00Z', true],
    ['is_date_exact', '-2m', '2026-01-28T12:00:00Z', true],
    ['is_date_exact', '-15m', '2024-12-28T12:00:00Z', true],
    ['is_date_exact', '-1y', '2025-03-31T12:00:00Z', true],
    ['is_date_exact', '-1d', '-24h', true],
    ['is_date_after', '-10000d', '2025-01-01', false],
    ['is_date_after', '-1x', '2025-01-01', false],
  ]);

  it('stay on 28 February once a year cut the leap day', () => {
    const property = { key: 'since', value: '-1y', operator: 'is_date_exact' };
    const flag = compileFlag({
      key: 'flag',
      active: true,
      filters: { groups: [{ properties: [property] }] },
    });
    const personProperties = { since: '2023-02-28' };

    const { enabled } = evaluate(flag, {
      distinctId: 'someone',
      personProperties,
      now: Date.UTC(2024, 1, 29),
    });

    expect(enabled).toBe(true);
  });
});

describe('operators on versions', () => {
  rows([
    ['semver_eq', '1.2.3', 'v1.2.3', true],
    ['semver_eq', '1.2', '1.2.0', true],
    ['semver_eq', 1.2, '1.2.0', true],
    ['semver_eq', '1.2.3', ' 1.2.3-alpha.1 ', true],
    ['semver_eq', '1.2.3', '1.2.3+build', true],
    ['semver_eq', '1.2.3', '1.2.3.4', true],
    ['semver_eq', '1.2.3', '1.02.3', true],
    ['semver_neq', '1.2.3', '1.2.4', true],
    ['semver_neq', '1.2.3', '1.2.3', false],
    ['semver_neq', '1.2.3', 'none', false],
    ['semver_gt', '1.9.0', '1.10.0', true],
    ['semver_gt', '1.9.0', '1.9.0', false],
    ['semver_gte', '1.9.0', '1.9', true],
    ['semver_lt', '2.0.0', '1.99.99', true],
    ['semver_lte', '2.0.0', '2.0.0', true],
    ['semver_lt', 'none', '1.0.0', false],
    ['semver_lt', '2.0.0', null, false],
    ['semver_lt', '2.0.0', '-1', false],
    ['semver_tilde', '1.2.3', '1.2.9', true],
    ['semver_tilde', '1.2.3', '1.3.0', false],
    ['semver_tilde', '1.2.3', '1.2.2', false],
    ['semver_caret', '1.2.3', '1.9.0', true],
    ['semver_caret', '1.2.3', '2.0.0', false],
    ['semver_caret', '0.2.3', '0.2.9', true],
    ['semver_caret', '0.2.3', '0.3.0', false],
    ['semver_caret', '0.0.3', '0.0.3', true],
    ['semver_caret', '0.0.3', '0.0.4', false],
    ['semver_wildcard', '1.*', '1.99.0', true],
    ['semver_wildcard', '1.*.*', '2.0.0', false],
    ['semver_wildcard', '1.2.*', '1.2.7', true],
    ['semver_wildcard', '1.2.*', '1.3.0', false],
    ['semver_wildcard', '1.2.3', '1.2.3', true],
    ['semver_wildcard', '*', '7.0.0', true],
    ['semver_wildcard', '1.*.3', '1.2.3', false],
  ]);
});

describe('a missing property', () => {
  const meant = [
    'is_not',
    'is_not_set',
    'not_icontains',
    'not_starts_with',
    'not_ends_with',
    'not_regex',
  ];
  const others = ['exact', 'is_set', 'icontains', 'starts_with', 'ends_with', 'regex'];
  const ordered = ['gt', 'gte', 'lt', 'lte', 'is_date_exact', 'is_date_before', 'is_date_after'];
  const versions = ['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'tilde', 'caret', 'wildcard'];

  it.each(meant)('is meant by %s', (operator) => {
    expect(fits(operator, '1', MISSING)).toBe(true);
  });

  it.each([...others, ...ordered, ...versions.map((name) => `semver_${name}`)])(
    'is not meant by %s',
    (operator) => {
      expect(fits(operator, operator.includes('date') ? '2024-01-01' : '1', MISSING)).toBe(false);
    },
  );

  it.each([
    ['is_set', null, true],
    ['is_not_set', null, false],
    ['is_set', '', true],
    ['is_not_set', 'a', false],
  ])('is not one that is there: %s of %j', (operator, actual, wanted) => {
    expect(fits(operator, undefined, actual)).toBe(wanted);
  });
});
