import type { SearchTerm } from './parse.ts';
import { matchesPattern } from './pattern.ts';

/** What a search looks at: one text, or many (tags) of which any may match. */
export type SearchRecord = { readonly [field: string]: string | readonly string[] | undefined };

/** Whether `record` satisfies every term; a field that is absent matches nothing. */
export const matches = (terms: readonly SearchTerm[], record: SearchRecord): boolean =>
  terms.every(({ fields, pattern }) =>
    fields.some((field) => {
      const value = Object.hasOwn(record, field) ? record[field] : undefined;
      if (value === undefined) return false;
      if (typeof value === 'string') return matchesPattern(pattern, value);
      return value.some((item) => matchesPattern(pattern, item));
    }),
  );
