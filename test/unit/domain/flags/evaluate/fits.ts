import { expect, it } from 'vitest';
import { compileFlag, evaluate } from '#domain/flags/index.ts';

/** Noon of 31 March 2026. */
const NOW = Date.UTC(2026, 2, 31, 12);
export const MISSING = Symbol('missing');

/** Whether a flag with this one filter is on for somebody with this one property. */
export function fits(operator: string | undefined, expected: unknown, actual: unknown): boolean {
  const property = { key: 'trait', value: expected, type: 'person', operator };
  const filters = { groups: [{ properties: [property], rollout_percentage: 100 }] };
  const personProperties = actual === MISSING ? {} : { trait: actual };
  const flag = compileFlag({ key: 'flag', active: true, filters });
  const evaluation = evaluate(flag, { distinctId: 'someone', personProperties, now: NOW });
  expect(evaluation.failed).toBeUndefined();
  return evaluation.enabled;
}

export type Row = readonly [operator: string, expected: unknown, actual: unknown, fits: boolean];

export const rows = (of: readonly Row[]) =>
  it.each(of)('%s %j of %j: %j', (operator, expected, actual, wanted) => {
    expect(fits(operator, expected, actual)).toBe(wanted);
  });

/** The opposite of an operator fits where it does not. */
export const opposites = (operator: string, opposite: string, of: readonly Row[]) =>
  it.each(of.filter(([name]) => name === operator))(
    `${opposite} turns %s %j of %j round`,
    (_operator, expected, actual, wanted) => {
      expect(fits(opposite, expected, actual)).toBe(!wanted);
    },
  );
