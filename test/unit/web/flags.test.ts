import { describe, expect, test } from 'vitest';
import { OPERATORS } from '../../../functions/domain/flags/evaluate/operators.ts';
import { diffOf } from '../../../functions/web/app/pages/flags/change-diff.ts';
import {
  bodyOfDraft,
  changesOf,
  draftOf,
  EMPTY_DRAFT,
  problemOfDraft,
} from '../../../functions/web/app/pages/flags/draft.ts';
import {
  filterWords,
  OPERATORS as SHOWN,
  textOfValue,
  valueOfText,
} from '../../../functions/web/app/pages/flags/filter-values.ts';
import { policyWords } from '../../../functions/web/app/pages/flags/policy-words.ts';
import {
  objectOf,
  reasonWords,
  verdictsOfFlags,
  verdictsOfReasons,
} from '../../../functions/web/app/pages/flags/reasons.ts';

const country = { key: 'country', operator: 'exact', value: ['DE', 'FR'], type: 'person' };
const flag = {
  key: 'banner',
  name: 'A banner',
  active: true,
  filters: {
    groups: [{ properties: [country], rollout_percentage: 20, note: 'kept' }],
    payloads: { true: '{"a":1}' },
    super_groups: [{ properties: [country], rollout_percentage: 100 }],
  },
  ensure_experience_continuity: false,
  bucketing_identifier: 'distinct_id',
  evaluation_runtime: 'all',
  tags: ['web'],
  is_remote_configuration: false,
} as const;

describe('values of conditions', () => {
  test('every operator of the evaluation can be chosen', () => {
    const names = SHOWN.map(([name]) => name);
    expect([...OPERATORS.keys()].filter((name) => !names.includes(name))).toEqual([]);
  });

  test('several are told apart by commas where an operator takes them', () => {
    expect(valueOfText('DE, FR,', 'exact')).toEqual(['DE', 'FR']);
    expect(valueOfText('a, b', 'icontains')).toBe('a, b');
    expect(valueOfText('true', 'flag_evaluates_to')).toBe(true);
    expect(textOfValue(['DE', 'FR'])).toBe('DE, FR');
  });

  test('read as words', () => {
    expect(filterWords(country)).toBe('country is DE or FR');
    expect(filterWords({ key: 'age', operator: 'is_set' })).toBe('age is set');
  });
});

describe('a flag in a form', () => {
  test('sends nothing while nothing was changed', () => {
    expect(changesOf(draftOf(flag), flag)).toEqual({});
  });

  test('sends what was changed alone, and keeps what the form does not know', () => {
    expect(Object.keys(changesOf({ ...draftOf(flag), name: 'B' }, flag))).toEqual(['name']);
    const payloads = { true: '{"a":2}' };
    const { filters } = changesOf({ ...draftOf(flag), payloads }, flag);
    expect(filters).toMatchObject({
      groups: [{ note: 'kept' }],
      super_groups: [{ rollout_percentage: 100 }],
      payloads: { true: '{"a":2}' },
    });
  });

  test('forgets payloads and forced variants of variants that are gone', () => {
    const draft = {
      ...EMPTY_DRAFT,
      key: 'k',
      conditions: [{ properties: [], rollout_percentage: 100, variant: 'gone' }],
      payloads: { gone: '1', true: '2' },
    };
    expect(bodyOfDraft(draft).filters).toMatchObject({
      groups: [{ variant: null }],
      payloads: { true: '2' },
    });
  });

  test('says what is wrong', () => {
    const draft = { ...EMPTY_DRAFT, key: 'k' };
    expect(problemOfDraft(draft)).toBeUndefined();
    expect(problemOfDraft({ ...draft, key: 'a b' })).toContain('key');
    expect(problemOfDraft({ ...draft, payloads: { true: '{' } })).toContain('payload of true');
    const conditions = [{ properties: [{ key: '' }], rollout_percentage: 100 }];
    expect(problemOfDraft({ ...draft, conditions })).toContain('set 1');
    expect(problemOfDraft({ ...draft, conditions: [{ rollout_percentage: 101 }] })).toContain('0');
  });
});

describe('the difference that a change makes', () => {
  test('names what differs, in words', () => {
    const after = {
      active: false,
      filters: {
        ...flag.filters,
        groups: [{ properties: [country], rollout_percentage: 50 }, { rollout_percentage: 5 }],
      },
    };
    expect(diffOf(flag, after)).toEqual([
      { what: 'On', before: 'yes', after: 'no' },
      { what: 'Set 1', before: 'country is DE or FR: 20%', after: 'country is DE or FR: 50%' },
      { what: 'Set 2', before: '–', after: 'everybody: 5%' },
    ]);
  });

  test('is empty where nothing differs', () => {
    expect(diffOf(flag, { filters: flag.filters, name: flag.name })).toEqual([]);
  });
});

describe('why a flag is what it is', () => {
  test('is told in words from either answer', () => {
    const evaluation = { reason: 'out_of_rollout_bound', condition_index: 1 };
    const [one] = verdictsOfReasons({ banner: { value: false, evaluation } });
    expect(one && reasonWords(one)).toBe('fits set 2, but is outside of its share');
    const [other] = verdictsOfFlags({
      banner: {
        enabled: true,
        variant: 'test',
        reason: { code: 'condition_match', condition_index: 0 },
        metadata: { payload: '{"a":1}' },
      },
    });
    expect(other).toMatchObject({ value: 'test', payload: '{"a":1}' });
    expect(reasonWords({ code: 'something_new', condition: null })).toBe('something_new');
  });

  test('properties are JSON objects', () => {
    expect(objectOf('')).toEqual({});
    expect(objectOf('{"a": 1}')).toEqual({ a: 1 });
    expect(objectOf('[1]')).toBeUndefined();
    expect(objectOf('{')).toBeUndefined();
  });
});

test('a policy reads as sentences', () => {
  const words = policyWords(
    {
      approver_config: { users: [2], quorum: 2 },
      conditions: { field: 'rollout_percentage' },
      bypass_org_membership_levels: [15],
      allow_self_approve: false,
      expires_after: '1 12:00:00',
      enabled: false,
    },
    (id) => `user ${id}`,
  );
  expect(words).toEqual([
    'The policy is not in force: flags change at once.',
    'Only changes of rollout percentages need 2 approvals, by: user 2.',
    'Nobody approves a change of their own.',
    'Without being asked, flags are changed by owners of the group.',
    'A request expires after 1.5 days.',
  ]);
});
