import type { SearchTerm } from './parse.ts';
import { endsOpen, matchesPattern } from './pattern.ts';

/** What a search looks at: one text, or many (tags) of which any may match. */
export type SearchRecord = { readonly [field: string]: string | readonly string[] | undefined };

/** `undefined`: the rest of a text that was cut decides. */
export type SearchVerdict = boolean | undefined;

function fieldVerdict(
  { pattern }: SearchTerm,
  value: string | readonly string[] | undefined,
  isCut: boolean,
): SearchVerdict {
  if (value === undefined) return false;
  if (typeof value !== 'string') return value.some((item) => matchesPattern(pattern, item));
  const isMatch = matchesPattern(pattern, value);
  // What the beginning holds the whole holds, too, where the pattern lets anything follow.
  return isCut && !(isMatch && endsOpen(pattern)) ? undefined : isMatch;
}

function termVerdict(term: SearchTerm, record: SearchRecord, cut: readonly string[]) {
  let isUnsure = false;
  for (const field of term.fields) {
    const value = Object.hasOwn(record, field) ? record[field] : undefined;
    const found = fieldVerdict(term, value, cut.includes(field));
    if (found === true) return true;
    isUnsure ||= found === undefined;
  }
  return isUnsure ? undefined : false;
}

/**
 * Whether `record` satisfies every term; a field that is absent matches nothing. Of the fields in
 * `cut` the record holds the beginning only.
 */
export function verdict(
  terms: readonly SearchTerm[],
  record: SearchRecord,
  cut: readonly string[] = [],
): SearchVerdict {
  let outcome: SearchVerdict = true;
  for (const term of terms) {
    const found = termVerdict(term, record, cut);
    if (found === false) return false;
    if (found === undefined) outcome = undefined;
  }
  return outcome;
}

/** {@link verdict} of a record that holds everything. */
export const matches = (terms: readonly SearchTerm[], record: SearchRecord): boolean =>
  verdict(terms, record) === true;
