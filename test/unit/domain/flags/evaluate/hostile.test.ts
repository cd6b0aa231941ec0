import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkFilters, compileFlag, evaluateFlags, requireFilters } from '#domain/flags/index.ts';
import { AppError } from '#kernel/errors.ts';

const operators = [
  ...['exact', 'is_not', 'is_set', 'is_not_set', 'icontains', 'not_icontains', 'starts_with'],
  ...['regex', 'not_regex', 'gt', 'lte', 'is_date_exact', 'is_date_before', 'is_date_after'],
  ...['semver_eq', 'semver_tilde', 'semver_wildcard', 'flag_evaluates_to', 'in', 'other'],
];
const names = fc.constantFrom('a', 'b', '__proto__', 'constructor', 'distinct_id', '$group_key');
const hard = fc.constantFrom<unknown>(
  ...['(a+)+$', '[', '-1m', '9999y', '2024-02-30', '1.2.*', '\ud800', '', '1e999', '(((('],
  ...[Number.NaN, -0, 1e308, 10n, undefined, Symbol.iterator],
);
const anything = fc.oneof(hard, fc.anything({ withBigInt: true, withNullPrototype: true }));
const property = fc.record(
  {
    key: names,
    value: anything,
    operator: fc.constantFrom(...operators),
    type: fc.constantFrom('person', 'group', 'cohort', 'flag', 'event'),
    group_type_index: fc.nat(2),
  },
  { requiredKeys: ['key'] },
);
const group = fc.record(
  {
    properties: fc.oneof(
      { weight: 9, arbitrary: fc.array(property, { maxLength: 3 }) },
      { weight: 1, arbitrary: anything },
    ),
    rollout_percentage: fc.oneof(fc.constantFrom(0, 50, 100, null), anything),
    variant: fc.constantFrom('a', 'gone', null),
    aggregation_group_type_index: fc.constantFrom(0, 1, null),
  },
  { requiredKeys: [] },
);
const filters = fc.oneof(
  anything,
  fc.record(
    {
      groups: fc.array(group, { maxLength: 3 }),
      super_groups: fc.array(group, { maxLength: 2 }),
      holdout_groups: fc.array(group, { maxLength: 2 }),
      holdout: fc.oneof(anything, fc.constant({ id: 1, exclusion_percentage: 50 })),
      multivariate: fc.oneof(
        anything,
        fc.constant({ variants: [{ key: 'a', rollout_percentage: 100 }] }),
      ),
      payloads: fc.dictionary(names, anything, { maxKeys: 3 }),
      aggregation_group_type_index: fc.constantFrom(0, 5, null),
      feature_enrollment: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
);
const properties = fc.dictionary(names, anything, { maxKeys: 4 });

/** Valid except for what a filter asks for, so that each reaches its operator. */
const readable = fc.array(property, { minLength: 1, maxLength: 4 }).map((of) => ({
  groups: [{ properties: of, rollout_percentage: 100 }],
}));

describe('a document from anywhere', () => {
  it('is refused with an AppError or kept as it is', () => {
    fc.assert(
      fc.property(filters, (document) => {
        const problems = checkFilters(document);

        if (problems.length === 0) expect(requireFilters(document)).toEqual(document);
        else expect(() => requireFilters(document)).toThrow(AppError);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is evaluated for anybody without a failure', () => {
    fc.assert(
      fc.property(fc.oneof(filters, readable), properties, properties, (document, mine, ours) => {
        const flags = ['a', 'b'].map((key) =>
          compileFlag({ key, active: true, filters: document }),
        );

        const evaluations = evaluateFlags(flags, {
          distinctId: 'someone',
          personProperties: mine,
          groups: { org: 'acme', ...mine },
          groupProperties: { org: ours },
          groupTypeMapping: { 0: 'org', 1: 'constructor' },
          now: 0,
        });

        expect([...evaluations.values()].map(({ enabled }) => typeof enabled)).toEqual([
          'boolean',
          'boolean',
        ]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('ends soon however deep it or a property is', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}true${']'.repeat(100_000)}`);
    const asks = ['exact', 'is_not', 'icontains', 'regex', 'gt', 'semver_eq'].map((operator) => ({
      properties: [{ key: 'a', value: operator === 'exact' ? true : '1', operator }],
    }));
    const flag = compileFlag({ key: 'flag', active: true, filters: { groups: asks } });

    const evaluations = evaluateFlags([flag], {
      distinctId: 'someone',
      personProperties: { a: deep },
      now: 0,
    });

    expect(checkFilters({ groups: deep })).toHaveLength(1);
    expect(evaluations.get('flag')?.reason.conditionIndex).toBe(1);
  });

  it('shares the work of patterns among all flags of a call', () => {
    const costly = { properties: [{ key: 'a', value: '(a?){150}b', operator: 'regex' }] };
    const easy = { properties: [{ key: 'a', value: '^a', operator: 'regex' }] };
    const flagOf = (key: string, groups: readonly object[]) =>
      compileFlag({ key, active: true, filters: { groups } });
    const subject = { distinctId: 'someone', personProperties: { a: 'a'.repeat(50_000) }, now: 0 };
    const isOn = (hostile: number) => {
      const flags = Array.from({ length: hostile }, (_, at) => flagOf(`f${at}`, [costly]));
      return evaluateFlags([...flags, flagOf('easy', [easy])], subject).get('easy')?.enabled;
    };

    expect(isOn(3)).toBe(true);
    expect(isOn(20)).toBe(false);
  });
});
