import { describe, expect, it } from 'vitest';
import { compileFlag, evaluate } from '#domain/flags/index.ts';
import { fits, MISSING, rows } from './fits.ts';

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
    ['is_date_after', '2024-13-01', '2026-01-01', false],
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

  it('is not meant by a filter that names nothing to differ from', () => {
    expect(fits('is_not', undefined, MISSING)).toBe(false);
    expect(fits('is_not', undefined, 'a')).toBe(false);
    expect(fits('is_not_set', undefined, MISSING)).toBe(true);
  });

  it.each([
    ['is_set', null, true],
    ['is_not_set', null, false],
    ['is_set', '', true],
    ['is_not_set', 'a', false],
  ])('is not one that is there: %s of %j', (operator, actual, wanted) => {
    expect(fits(operator, undefined, actual)).toBe(wanted);
  });
});
