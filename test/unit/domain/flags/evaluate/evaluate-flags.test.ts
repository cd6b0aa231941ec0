import { describe, expect, it } from 'vitest';
import { compileFlag, evaluateFlags } from '#domain/flags/index.ts';

const everyone = { properties: [], rollout_percentage: 100 };
const subject = { distinctId: 'someone', now: 0 };

const asks = (key: string, value: unknown = true, operator = 'flag_evaluates_to') => ({
  groups: [{ properties: [{ key, value, operator, type: 'flag' }] }],
});
const flag = (key: string, filters: unknown, more: object = {}) =>
  compileFlag({ key, active: true, filters, ...more });
const on = (key: string, more: object = {}) => flag(key, { groups: [everyone] }, more);
const withVariant = flag('varied', {
  groups: [{ ...everyone, variant: 'blue' }],
  multivariate: { variants: [{ key: 'blue', rollout_percentage: 100 }] },
});

const codeOf = (flags: Parameters<typeof evaluateFlags>[0], key: string) =>
  evaluateFlags(flags, subject).get(key)?.reason.code;

describe('flags that ask about each other', () => {
  it.each([
    [true, 'on', true],
    [false, 'on', false],
    ['blue', 'on', false],
    [false, 'off', true],
    [true, 'off', false],
    [true, 'varied', true],
    [false, 'varied', false],
    ['blue', 'varied', true],
    ['Blue', 'varied', false],
  ])('see that %j is asked of %s', (value, key, wanted) => {
    const flags = [
      flag('asking', asks(key, value)),
      on('on'),
      on('off', { active: false }),
      withVariant,
    ];

    const evaluations = evaluateFlags(flags, subject);

    expect(evaluations.get('asking')?.enabled).toBe(wanted);
    expect([...evaluations.keys()]).toEqual(['asking', 'on', 'off', 'varied']);
  });

  it('may name others by their ids', () => {
    const flags = [flag('asking', asks('12')), on('other', { id: 12 })];

    expect(codeOf(flags, 'asking')).toBe('condition_match');
  });

  it('are off where another is missing, or is off for that', () => {
    const flags = [flag('first', asks('second')), flag('second', asks('gone'))];

    const evaluations = evaluateFlags(flags, subject);

    for (const key of ['first', 'second']) {
      expect(evaluations.get(key)).toEqual({
        enabled: false,
        variant: null,
        payload: null,
        reason: {
          code: 'missing_dependency',
          conditionIndex: null,
          description: 'Flag cannot be evaluated due to missing dependency',
        },
      });
    }
  });

  it('are off in a circle, and those that ask about one of it', () => {
    const circle = [flag('a', asks('b')), flag('b', asks('c')), flag('c', asks('a'))];
    const flags = [...circle, flag('d', asks('a')), flag('self', asks('self')), on('free')];

    const codes = [...evaluateFlags(flags, subject).values()].map(({ reason }) => reason.code);

    expect(codes).toEqual([...Array(5).fill('missing_dependency'), 'condition_match']);
  });

  it('may ask in a very long row', () => {
    const length = 20_000;
    const flags = Array.from({ length }, (_, at) => flag(`f${at}`, asks(`f${at + 1}`)));

    const { enabled } = evaluateFlags([...flags, on(`f${length}`)], subject).get('f0') ?? {};

    expect(enabled).toBe(true);
  });

  it('fail with what they ask about', () => {
    const cohort = { groups: [{ properties: [{ key: 'id', value: 1, type: 'cohort' }] }] };

    const evaluations = evaluateFlags([flag('asking', asks('c')), flag('c', cohort)], subject);

    expect(evaluations.get('asking')).toMatchObject({ enabled: false, failed: true });
  });

  it.each([
    ['another operator', asks('on', true, 'exact')],
    ['no value', asks('on', null)],
  ])('fit nobody with %s', (_what, filters) => {
    expect(codeOf([flag('asking', filters), on('on')], 'asking')).toBe('no_condition_match');
  });

  it('are evaluated for those that are wanted, with what these ask about', () => {
    const flags = [flag('asking', asks('on')), on('on'), on('other')];

    const evaluations = evaluateFlags(flags, subject, ['asking', 'gone']);

    expect([...evaluations.keys()]).toEqual(['asking']);
    expect(evaluations.get('asking')?.enabled).toBe(true);
  });
});
