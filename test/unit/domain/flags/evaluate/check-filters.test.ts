import { describe, expect, it } from 'vitest';
import { checkFilters, requireFilters } from '#domain/flags/index.ts';
import { AppError } from '#kernel/errors.ts';

const variants = (...shares: readonly number[]) => ({
  multivariate: {
    variants: shares.map((share, at) => ({ key: `v${at}`, rollout_percentage: share })),
  },
});
const asking = (property: object) => ({ groups: [{ properties: [property] }] });
const deep = (depth: number): unknown =>
  Array.from({ length: depth }).reduce((inner) => [inner], 1 as unknown);

describe('filters of a flag', () => {
  it.each([
    [{}],
    [{ groups: [] }],
    [{ groups: [{ properties: [], rollout_percentage: null, variant: null }], multivariate: null }],
    [{ groups: [{ rollout_percentage: 33.3, variant: 'v1' }], ...variants(33.33, 33.33, 33.34) }],
    [{ ...variants(50, 50), payloads: { v0: '{"a":1}', v1: 7 } }],
    [{ payloads: { true: '"text"' }, multivariate: { variants: [] } }],
    [{ aggregation_group_type_index: 0, holdout: { id: 4, exclusion_percentage: 10 } }],
    [asking({ key: 'a', value: [1, 'b'], operator: 'is_not', type: 'person' })],
    [asking({ key: 'a', operator: 'is_set' })],
    [asking({ key: 'id', value: 3, operator: 'in', type: 'cohort' })],
    [asking({ key: 'other', value: false, operator: 'flag_evaluates_to', type: 'flag' })],
    [asking({ key: 'since', value: '-7d', operator: 'is_date_after', type: 'group' })],
    // A pattern that is not understood fits nobody; it is no reason to refuse the flag.
    [asking({ key: 'a', value: '(', operator: 'regex' })],
  ])('may be %j', (filters) => {
    expect(checkFilters(filters)).toEqual([]);
    expect(requireFilters(filters)).toEqual(filters);
  });

  it.each([
    [variants(50, 40), 'Invalid variant definitions: Variant rollout percentages must sum to 100.'],
    [
      { groups: [{ variant: 'gone' }], ...variants(100) },
      'Filters are not valid (variant override does not exist)',
    ],
    [
      asking({ key: 'a', value: 1, type: 'event' }),
      'Filters are not valid (can only use person and cohort properties)',
    ],
    [
      { ...variants(100), payloads: { true: '1' } },
      'Payload keys must match a variant key for multivariate flags',
    ],
    [{ payloads: { v0: '1' } }, "Payload keys must be 'true' for boolean flags"],
    [{ payloads: { true: '{' } }, 'Payload value is not valid JSON'],
    [
      { multivariate: { variants: [1, 2].map(() => ({ key: 'a', rollout_percentage: 50 })) } },
      'Invalid variant definitions: Variant keys must be unique.',
    ],
    [asking({ key: 'a', value: 'soon', operator: 'is_date_after' }), 'Invalid date value: "soon"'],
    [
      asking({ key: 'a', value: 1, operator: 'sounds_like' }),
      'The filter on "a" has the unknown operator "sounds_like".',
    ],
    [
      asking({ key: 'f', value: true, type: 'flag' }),
      'The filter on the flag "f" must have the operator flag_evaluates_to.',
    ],
    [
      asking({ key: 'f', value: 1, type: 'flag', operator: 'flag_evaluates_to' }),
      'The filter on the flag "f" must ask for true, false or a variant.',
    ],
    [{ groups: [], name: { deep: deep(30) } }, 'Must not be nested more than 20 deep.'],
    [{ a: Number.NaN }, 'Must hold finite numbers.'],
    [{ a: '\ud800' }, 'Must be well-formed Unicode without NUL characters.'],
    [{ a: 'x'.repeat(200_001) }, 'Must be at most 200000 characters of JSON.'],
    [JSON.parse('{"a":[{"__proto__":1}]}'), 'Must not hold the key __proto__.'],
    [null, 'Must be an object.'],
    ['all', 'Must be an object.'],
    [
      {
        groups: [
          { properties: Array(50).fill({ key: 'a', value: 'x', operator: 'regex' }) },
          asking({ key: 'a', value: 'x', operator: 'not_regex' }).groups[0],
        ],
      },
      'Must have at most 50 regular expressions.',
    ],
  ])('must not be %.80j', (filters, message) => {
    expect(checkFilters(filters)).toEqual([{ attr: 'filters', message }]);
    expect(() => requireFilters(filters)).toThrow(
      expect.objectContaining({
        code: 'invalid',
        message,
        detail: { attr: 'filters', code: 'invalid_input' },
      }),
    );
  });

  it.each([
    [{ groups: 'all' }, 'filters__groups', 'Must be a list.'],
    [{ groups: Array(101).fill({}) }, 'filters__groups', 'Must have at most 100 entries.'],
    [
      { groups: [{ rollout_percentage: 101 }] },
      'filters__groups__0__rollout_percentage',
      'Must be between 0 and 100.',
    ],
    [
      { groups: [{}, { properties: Array(51).fill({ key: 'a' }) }] },
      'filters__groups__1__properties',
      'Must have at most 50 entries.',
    ],
    [asking({ key: '', value: 1 }), 'filters__groups__0__properties__0__key', 'Must not be empty.'],
    [
      asking({ key: 'k'.repeat(401), value: 1 }),
      'filters__groups__0__properties__0__key',
      'Must be at most 400 characters long.',
    ],
    [
      asking({ key: 'a', value: Array(5_001).fill(1) }),
      'filters__groups__0__properties__0__value',
      'Must have at most 5000 entries.',
    ],
    [
      { multivariate: { variants: [{ key: 'a', rollout_percentage: '100' }] } },
      'filters__multivariate__variants__0__rollout_percentage',
      'Must be a number.',
    ],
    [{ holdout: { id: 1 } }, 'filters__holdout__exclusion_percentage', 'Must be a number.'],
    [
      { aggregation_group_type_index: -1 },
      'filters__aggregation_group_type_index',
      'Must not be negative.',
    ],
  ])('must not be %.60j: %s', (filters, attr, message) => {
    expect(checkFilters(filters)).toEqual([{ attr, message }]);
  });

  it('are refused for all that is wrong, and thrown for the first', () => {
    const filters = { ...variants(50), groups: [{ variant: 'x' }], payloads: { true: '{' } };

    expect(checkFilters(filters)).toHaveLength(4);
    expect(() => requireFilters(filters)).toThrow(AppError);
  });

  it('keep what is not known of them', () => {
    const filters = { groups: [{ description: 'all', sort_key: 'a' }], tier: { own: [1] } };

    expect(requireFilters(filters)).toEqual(filters);
  });
});
