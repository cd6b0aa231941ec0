import type { PropertyFilter } from '../abtests/metric.ts';

/** Operators of the API, as people read them. */
export const OPERATORS: readonly (readonly [name: string, text: string])[] = [
  ['exact', 'is'],
  ['is_not', 'is not'],
  ['icontains', 'contains'],
  ['not_icontains', 'does not contain'],
  ['starts_with', 'begins with'],
  ['not_starts_with', 'does not begin with'],
  ['ends_with', 'ends with'],
  ['not_ends_with', 'does not end with'],
  ['regex', 'matches the pattern'],
  ['not_regex', 'does not match the pattern'],
  ['gt', '>'],
  ['gte', '≥'],
  ['lt', '<'],
  ['lte', '≤'],
  ['is_set', 'is set'],
  ['is_not_set', 'is not set'],
  ['is_date_exact', 'is on (date)'],
  ['is_date_before', 'is before (date)'],
  ['is_date_after', 'is after (date)'],
  ['semver_eq', '= version'],
  ['semver_neq', '≠ version'],
  ['semver_gt', '> version'],
  ['semver_gte', '≥ version'],
  ['semver_lt', '< version'],
  ['semver_lte', '≤ version'],
  ['semver_tilde', '~ version'],
  ['semver_caret', '^ version'],
  ['semver_wildcard', 'version like 1.*'],
  ['in', 'in (cohort)'],
  ['not_in', 'not in (cohort)'],
  ['flag_evaluates_to', 'comes out as (flag)'],
];

/** Values as a text field shows them: several are told apart by commas. */
export function textOfValue(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join(', ');
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** "a, b" of an operator that takes several is a list; "true" of a flag is a boolean. */
export function valueOfText(text: string, operator: string): unknown {
  if (operator === 'flag_evaluates_to') {
    return text === 'true' ? true : text === 'false' ? false : text;
  }
  if (operator === 'in' || operator === 'not_in') {
    return /^\d+$/.test(text) ? Number(text) : text;
  }
  const isList = operator === 'exact' || operator === 'is_not';
  if (!isList || !text.includes(',')) return text;
  const parts = text.split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '');
}

const WORDS = new Map(OPERATORS);

/** A filter as a sentence's part: "country is DE or FR". */
export function filterWords({ key, operator, value, type }: PropertyFilter): string {
  const name = operator ?? 'exact';
  const words = WORDS.get(name) ?? name;
  const of =
    type === undefined || type === null || type === 'person' || type === 'event' ? '' : `${type} `;
  if (name === 'is_set' || name === 'is_not_set') return `${of}${key} ${words}`;
  const shown = Array.isArray(value) ? value.map(String).join(' or ') : textOfValue(value);
  return `${of}${key} ${words} ${shown === '' ? '“”' : shown}`;
}
