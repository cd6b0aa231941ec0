import { describe, expect, it } from 'vitest';
import { evaluated, everyone, halves, nobody, only } from './evaluated.ts';

describe('a flag', () => {
  it('is off where it is not active', () => {
    const filters = { groups: [everyone], holdout: { id: 1, exclusion_percentage: 100 } };

    const evaluation = evaluated(filters, {}, { active: false });

    expect(evaluation).toEqual({
      enabled: false,
      variant: null,
      payload: null,
      reason: {
        code: 'flag_disabled',
        conditionIndex: null,
        description: 'Feature flag is disabled',
      },
    });
  });

  it('is on for whom its first matching condition is, with the payload of true', () => {
    const filters = {
      groups: [only('plan', 'pro'), everyone, everyone],
      payloads: { true: '{"a":1}' },
    };

    expect(evaluated(filters, { personProperties: { plan: 'free' } })).toEqual({
      enabled: true,
      variant: null,
      payload: '{"a":1}',
      reason: {
        code: 'condition_match',
        conditionIndex: 1,
        description: 'Matched condition set 2',
      },
    });
    expect(evaluated(filters, { personProperties: { plan: 'pro' } }).reason.conditionIndex).toBe(0);
  });

  it('asks for all filters of a condition', () => {
    const both = [only('a', 1).properties, only('b', 2).properties].flat();
    const filters = { groups: [{ properties: both }] };

    expect(evaluated(filters, { personProperties: { a: 1, b: 2 } }).enabled).toBe(true);
    expect(evaluated(filters, { personProperties: { a: 1, b: 3 } }).enabled).toBe(false);
  });

  it.each([
    ['no condition at all', [], 'no_condition_match', null, 'No matching condition set'],
    ['a filter', [only('plan', 'pro')], 'no_condition_match', 0, 'No matching condition set'],
    ['the rollout', [nobody], 'out_of_rollout_bound', 0, 'Out of rollout bound'],
    [
      'the rollout rather than a filter',
      [nobody, only('plan', 'pro')],
      'out_of_rollout_bound',
      0,
      'Out of rollout bound',
    ],
    [
      'the last of equals',
      [only('plan', 'pro'), only('plan', 'team')],
      'no_condition_match',
      1,
      'No matching condition set',
    ],
  ])('is off because of %s', (_why, groups, code, conditionIndex, description) => {
    const evaluation = evaluated({ groups });

    expect(evaluation.enabled).toBe(false);
    expect(evaluation.reason).toEqual({ code, conditionIndex, description });
  });

  it('goes no further once somebody is out of a rollout, where it exits early', () => {
    expect(evaluated({ groups: [nobody, everyone] }).enabled).toBe(true);
    expect(evaluated({ groups: [nobody, everyone], early_exit: true }).reason.code).toBe(
      'out_of_rollout_bound',
    );
  });

  it('knows the id of the person as a property, unless it was given', () => {
    const filters = { groups: [only('distinct_id', 'someone')] };

    expect(evaluated(filters).enabled).toBe(true);
    expect(evaluated(filters, { personProperties: { distinct_id: 'other' } }).enabled).toBe(false);
  });

  it.each(['constructor', 'toString', '__proto__'])('finds no inherited property %s', (key) => {
    const properties = [{ key, operator: 'is_set', type: 'person' }];

    const evaluation = evaluated({ groups: [{ properties }] }, { personProperties: {} });

    expect(evaluation.enabled).toBe(false);
    expect(evaluation.failed).toBeUndefined();
  });

  it.each([
    ['a cohort', { key: 'id', value: 3, type: 'cohort', operator: 'in' }],
    ['an operator that it does not know', { key: 'a', value: 3, operator: 'sounds_like' }],
    ['a type that it does not know', { key: 'a', value: 3, type: 'event' }],
  ])('fails for %s unless something else decides', (_what, property) => {
    const unknown = { properties: [property] };
    const excluded = { properties: [property, ...only('plan', 'pro').properties] };

    expect(evaluated({ groups: [unknown] })).toMatchObject({ enabled: false, failed: true });
    expect(evaluated({ groups: [excluded] })).not.toHaveProperty('failed');
    expect(evaluated({ groups: [unknown, everyone] })).toMatchObject({ enabled: true });
    expect(evaluated({ groups: [unknown, everyone] })).not.toHaveProperty('failed');
  });

  it('fails where its document cannot be read', () => {
    expect(evaluated({ groups: 'all' })).toMatchObject({ enabled: false, failed: true });
    expect(evaluated(null)).not.toHaveProperty('failed');
  });
});

describe('a variant', () => {
  it('is that of the hash, with its payload', () => {
    const filters = { groups: [everyone], multivariate: halves, payloads: { test: '1' } };

    const byId = (distinctId: string) => evaluated(filters, { distinctId }, { key: 'exp-a' });

    expect(byId('user-0')).toMatchObject({ variant: 'control', payload: null });
    expect(byId('user-8')).toMatchObject({ variant: 'test', payload: '1' });
  });

  it('is that of the condition where it names one, and not where that is gone', () => {
    const named = (variant: string) =>
      evaluated(
        { groups: [{ ...everyone, variant }], multivariate: halves },
        { distinctId: 'user-8' },
        { key: 'exp-a' },
      ).variant;

    expect(named('control')).toBe('control');
    expect(named('gone')).toBe('test');
  });

  it('is none where the percentages end before the hash', () => {
    const multivariate = { variants: [{ key: 'small', rollout_percentage: 0 }] };

    expect(evaluated({ groups: [everyone], multivariate })).toMatchObject({
      enabled: true,
      variant: null,
    });
  });

  it('goes by the order of the conditions, whichever of them name one', () => {
    const filters = {
      groups: [everyone, { ...everyone, variant: 'control' }],
      multivariate: halves,
    };

    const evaluation = evaluated(filters, { distinctId: 'user-8' }, { key: 'exp-a' });

    expect(evaluation).toMatchObject({ variant: 'test', reason: { conditionIndex: 0 } });
  });
});
