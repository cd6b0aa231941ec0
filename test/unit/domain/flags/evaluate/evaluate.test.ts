import { describe, expect, it } from 'vitest';
import {
  compileFlag,
  evaluate,
  type FlagDefinition,
  holdoutHash,
  rolloutHash,
  type Subject,
} from '#domain/flags/index.ts';

const everyone = { properties: [], rollout_percentage: 100 };
const nobody = { properties: [], rollout_percentage: 0 };
const halves = {
  variants: [
    { key: 'control', rollout_percentage: 50 },
    { key: 'test', rollout_percentage: 50 },
  ],
};
const only = (key: string, value: unknown, more: object = {}) => ({
  properties: [{ key, value, operator: 'exact', type: 'person' }],
  rollout_percentage: 100,
  ...more,
});

function evaluated(filters: unknown, subject: Partial<Subject> = {}, flag: object = {}) {
  const definition: FlagDefinition = { key: 'flag', active: true, filters, ...flag };
  return evaluate(compileFlag(definition), { distinctId: 'someone', now: 0, ...subject });
}

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

describe('who is held out', () => {
  const held = (exclusion_percentage: number, distinctId = 'someone') =>
    evaluated(
      {
        groups: [{ ...everyone, variant: 'test' }],
        multivariate: halves,
        holdout: { id: 7, exclusion_percentage },
      },
      { distinctId },
    );

  it('has the variant of the holdout and meets no condition', () => {
    expect(held(100)).toMatchObject({
      enabled: true,
      variant: 'holdout-7',
      reason: {
        code: 'holdout_condition_value',
        conditionIndex: null,
        description: 'Holdout condition value',
      },
    });
  });

  it('is so by a hash that knows no flag, with the bound', () => {
    const percentage = holdoutHash('id-0') * 100;

    expect(percentage / 100).toBe(holdoutHash('id-0'));
    expect(held(percentage, 'id-0').variant).toBe('holdout-7');
    expect(held(percentage - 0.001, 'id-0').variant).toBe('test');
  });

  it.each([
    [-5, 'test'],
    [0, 'test'],
    [250, 'holdout-7'],
  ])('is counted from 0 to 100 where the percentage is %d', (percentage, variant) => {
    expect(held(percentage).variant).toBe(variant);
  });

  it('is found in older documents, too', () => {
    const holdout_groups = [{ properties: [], rollout_percentage: 100, variant: 'holdout-3' }];

    expect(evaluated({ groups: [everyone], holdout_groups }).variant).toBe('holdout-3');
  });
});

describe('what people chose', () => {
  const super_groups = [only('$feature_enrollment/flag', ['true'])];
  const choice = (value: unknown) => ({
    personProperties: { '$feature_enrollment/flag': value },
  });
  const reason = {
    code: 'super_condition_value',
    conditionIndex: 0,
    description: 'Super condition value',
  };

  it.each([{ super_groups }, { feature_enrollment: true }])('comes before conditions: %j', (by) => {
    expect(evaluated({ groups: [nobody], ...by }, choice('true'))).toMatchObject({
      enabled: true,
      reason,
    });
    expect(evaluated({ groups: [everyone], ...by }, choice('false'))).toMatchObject({
      enabled: false,
      reason,
    });
    expect(evaluated({ groups: [everyone], ...by }).reason.code).toBe('condition_match');
  });

  it('comes after who is held out', () => {
    const holdout = { id: 1, exclusion_percentage: 100 };

    const evaluation = evaluated({ groups: [], super_groups, holdout }, choice('true'));

    expect(evaluation.variant).toBe('holdout-1');
  });
});

describe('a flag of groups', () => {
  const groupTypeMapping = { 0: 'org', 1: 'team' };
  const ofOrg = { aggregation_group_type_index: 0 };

  it('hashes the key of the group and looks at its properties', () => {
    const half = rolloutHash('flag', 'acme-0') * 100;
    const filters = { ...ofOrg, groups: [only('size', 5, { rollout_percentage: half })] };
    const subject = {
      groupTypeMapping,
      groups: { org: 'acme-0' },
      groupProperties: { org: { size: 5 } },
      personProperties: { size: 1 },
    };

    expect(half / 100).toBe(rolloutHash('flag', 'acme-0'));
    expect(evaluated(filters, subject).enabled).toBe(true);
    expect(evaluated(filters, { ...subject, groups: { org: 'other' } }).reason.code).toBe(
      rolloutHash('flag', 'other') > half / 100 ? 'out_of_rollout_bound' : 'condition_match',
    );
    expect(
      evaluated(filters, { ...subject, groupProperties: { org: { size: 6 } } }).reason.code,
    ).toBe('no_condition_match');
  });

  it.each([
    ['no group was given', {}],
    ['one of another type was', { groups: { team: 'a' } }],
    ['its key is empty', { groups: { org: '' } }],
    ['its key is no text', { groups: { org: ['acme-0'] } }],
    ['nobody knows the type', { groupTypeMapping: {}, groups: { org: 'acme-0' } }],
  ])('is off where %s', (_why, subject) => {
    const evaluation = evaluated(
      { ...ofOrg, groups: [everyone] },
      { groupTypeMapping, ...subject },
    );

    expect(evaluation).toMatchObject({
      enabled: false,
      reason: { code: 'no_group_type', conditionIndex: 0, description: 'No group type' },
    });
  });

  it('knows the key of the group as a property', () => {
    const filters = { ...ofOrg, groups: [only('$group_key', '42')] };

    expect(evaluated(filters, { groupTypeMapping, groups: { org: 42 } }).enabled).toBe(true);
    expect(evaluated(filters, { groupTypeMapping, groups: { org: 43 } }).enabled).toBe(false);
  });

  it('may have conditions of persons, and flags of persons conditions of groups', () => {
    const ofPersons = only('plan', 'pro', { aggregation_group_type_index: null });
    const ofGroups = { ...everyone, ...ofOrg };
    const personProperties = { plan: 'pro' };

    expect(evaluated({ ...ofOrg, groups: [ofPersons] }, { personProperties }).enabled).toBe(true);
    expect(
      evaluated({ groups: [ofGroups] }, { groupTypeMapping, groups: { org: 'a' } }).enabled,
    ).toBe(true);
    expect(
      evaluated({ groups: [ofGroups, only('plan', 'x')] }, { personProperties }),
    ).toMatchObject({
      reason: {
        code: 'no_condition_match',
        conditionIndex: 1,
        description: expect.stringContaining('no group type was provided'),
      },
    });
  });

  it('may be asked about by a filter of a person', () => {
    const property = { key: 'size', value: 5, type: 'group', group_type_index: 1 };
    const subject = {
      groupTypeMapping,
      groups: { team: 'a' },
      groupProperties: { team: { size: 5 } },
    };

    expect(evaluated({ groups: [{ properties: [property] }] }, subject).enabled).toBe(true);
    expect(evaluated({ groups: [{ properties: [property] }] }).enabled).toBe(false);
  });
});

describe('what is hashed of a person', () => {
  const percentage = rolloutHash('flag', 'hashed-1') * 100;
  const filters = { groups: [{ rollout_percentage: percentage }] };
  const isHashed = (subject: Partial<Subject>, flag: object) => {
    expect(rolloutHash('flag', 'someone')).toBeGreaterThan(rolloutHash('flag', 'hashed-1'));
    return evaluated(filters, subject, flag).enabled;
  };

  it.each([
    ['the id', { distinctId: 'hashed-1' }, {}, true],
    [
      'the device, if so wanted',
      { deviceId: 'hashed-1' },
      { bucketingIdentifier: 'device_id' },
      true,
    ],
    [
      'the device of its properties',
      { personProperties: { $device_id: 'hashed-1' } },
      { bucketingIdentifier: 'device_id' },
      true,
    ],
    [
      'nothing without a device',
      { distinctId: 'hashed-1' },
      { bucketingIdentifier: 'device_id' },
      false,
    ],
    ['not the device else', { deviceId: 'hashed-1' }, {}, false],
    [
      'the first id, where it must stay',
      { hashKeyOverride: 'hashed-1' },
      { ensureExperienceContinuity: true },
      true,
    ],
    ['not the first id else', { hashKeyOverride: 'hashed-1' }, {}, false],
  ])('is %s', (_what, subject, flag, wanted) => {
    expect(isHashed(subject, flag)).toBe(wanted);
  });
});
