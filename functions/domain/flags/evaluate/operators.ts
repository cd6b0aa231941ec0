import type { Work } from '#kernel/filter/ast.ts';
import { dateOf, datePropertyOf } from './dates.ts';
import { patternTest } from './regex.ts';
import { compareVersions, rangeTest, versionOf } from './semver.ts';
import { changedOnce, lowered, numberOf, saysBoolean, saysTrue, textOf } from './values.ts';

/** When a filter is asked, and what may still be done for it. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Steps of all regular expressions together. */
  readonly steps: Work;
  /** Long texts as operators compare them. */
  readonly lower: Map<string, string>;
  readonly lowered: Map<string, string>;
}

/** Whether a value of a property is what a filter asks for. */
export type Test = (actual: unknown, at: Moment) => boolean;

export interface Operator {
  /** Reads the value of a filter once; undefined where nothing can be what it asks for. */
  readonly read: (expected: unknown) => Test | undefined;
  /** Whether those who lack the property are meant. */
  readonly ifMissing?: true;
}

const denied =
  (test: Test): Test =>
  (actual, at) =>
    !test(actual, at);

function exact(expected: unknown): Test | undefined {
  if (expected === undefined) return undefined;
  if (saysBoolean(expected)) {
    const wanted = saysTrue(expected);
    return (actual) => saysTrue(actual) === wanted;
  }
  const texts = new Set(
    (Array.isArray(expected) ? expected : [expected]).map((one) => textOf(one).toLowerCase()),
  );
  return (actual, { lower }) =>
    texts.has(changedOnce(textOf(actual), (text) => text.toLowerCase(), lower));
}

/** Of a part of a text, whatever the case of its A-Z. */
const within =
  (holds: (text: string, part: string) => boolean) =>
  (expected: unknown): Test | undefined => {
    if (expected === undefined) return undefined;
    const part = lowered(textOf(expected));
    return (actual, moment) => holds(changedOnce(textOf(actual), lowered, moment.lowered), part);
  };
const contains = within((text, part) => text.includes(part));
const begins = within((text, part) => text.startsWith(part));
const ends = within((text, part) => text.endsWith(part));

const regex =
  (wanted: boolean) =>
  (expected: unknown): Test | undefined => {
    const finds = expected === undefined ? undefined : patternTest(expected);
    return finds && ((actual, { steps }) => finds(textOf(actual), steps) === wanted);
  };

const number =
  (holds: (actual: number, bound: number) => boolean) =>
  (expected: unknown): Test | undefined => {
    const bound = numberOf(expected);
    if (bound === undefined) return undefined;
    return (actual) => {
      const value = numberOf(actual);
      return value !== undefined && holds(value, bound);
    };
  };

const date =
  (holds: (actual: number, named: number) => boolean) =>
  (expected: unknown): Test | undefined => {
    if (dateOf(expected, 0) === undefined) return undefined;
    return (actual, { now }) => {
      const named = dateOf(expected, now);
      const value = datePropertyOf(actual, now);
      return named !== undefined && value !== undefined && holds(value, named);
    };
  };

const version =
  (holds: (order: number) => boolean) =>
  (expected: unknown): Test | undefined => {
    const named = versionOf(expected);
    if (named === undefined) return undefined;
    return (actual) => {
      const value = versionOf(actual);
      return value !== undefined && holds(compareVersions(value, named));
    };
  };

const range =
  (operator: string) =>
  (expected: unknown): Test | undefined => {
    const test = rangeTest(operator, expected);
    if (test === undefined) return undefined;
    return (actual) => {
      const value = versionOf(actual);
      return value !== undefined && test(value);
    };
  };

const opposite = (read: Operator['read']): Operator => ({
  read: (expected) => {
    const test = read(expected);
    return test && denied(test);
  },
  ifMissing: true,
});

/** Each operator of property filters, but those of cohorts and of other flags. */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['exact', { read: exact }],
  ['is_not', opposite(exact)],
  // To be there is enough: null is a value, too.
  ['is_set', { read: () => () => true }],
  ['is_not_set', { read: () => () => false, ifMissing: true }],
  ['icontains', { read: contains }],
  ['not_icontains', opposite(contains)],
  ['starts_with', { read: begins }],
  ['not_starts_with', opposite(begins)],
  ['ends_with', { read: ends }],
  ['not_ends_with', opposite(ends)],
  ['regex', { read: regex(true) }],
  ['not_regex', { read: regex(false), ifMissing: true }],
  ['gt', { read: number((actual, bound) => actual > bound) }],
  ['gte', { read: number((actual, bound) => actual >= bound) }],
  ['lt', { read: number((actual, bound) => actual < bound) }],
  ['lte', { read: number((actual, bound) => actual <= bound) }],
  ['is_date_exact', { read: date((actual, named) => actual === named) }],
  ['is_date_before', { read: date((actual, named) => actual < named) }],
  ['is_date_after', { read: date((actual, named) => actual > named) }],
  ['semver_eq', { read: version((order) => order === 0) }],
  ['semver_neq', { read: version((order) => order !== 0) }],
  ['semver_gt', { read: version((order) => order > 0) }],
  ['semver_gte', { read: version((order) => order >= 0) }],
  ['semver_lt', { read: version((order) => order < 0) }],
  ['semver_lte', { read: version((order) => order <= 0) }],
  ['semver_tilde', { read: range('semver_tilde') }],
  ['semver_caret', { read: range('semver_caret') }],
  ['semver_wildcard', { read: range('semver_wildcard') }],
]);

/** Operators whose values must be dates. */
export const DATE_OPERATORS: readonly string[] = [
  'is_date_exact',
  'is_date_before',
  'is_date_after',
];
