import { describe, expect, it } from 'vitest';
import { holdoutHash, rolloutHash, type Subject } from '#domain/flags/index.ts';
import { evaluated, everyone, halves, nobody, only } from './evaluated.ts';

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
