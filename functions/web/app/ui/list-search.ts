import { textOf, withoutUnset, wordOf } from '../data/search-params.ts';

/** What the address says of a list of named things; newest first when it says nothing. */
export interface ListSearch {
  readonly search?: string | undefined;
  readonly sort?: SortedBy | undefined;
  readonly order?: 'up' | 'down' | undefined;
}

const SORTS = ['name', 'description', 'createdOn', 'lastModifiedOn'] as const;
export type SortedBy = (typeof SORTS)[number];

export const listSearch = (search: Readonly<Record<string, unknown>>): ListSearch =>
  withoutUnset({
    search: textOf(search, 'search', 500),
    sort: wordOf(search, 'sort', SORTS),
    order: wordOf(search, 'order', ['up', 'down'] as const),
  });

/** A word in quotes, as the language of searches reads it: nothing in it is a wildcard. */
const quoted = (word: string): string =>
  `"${word.replace(/[\\?*"']/g, (sign) => `\\${sign}`).replace(/\p{Cc}/gu, '?')}"`;

/** Words of people, found anywhere; what is written in the language of searches stays as it is. */
export const searchText = (typed: string): string =>
  /^[a-zA-Z]+:/.test(typed) ? typed : typed.split(/\s+/).filter(Boolean).map(quoted).join(',');

/** The words of the API for a list. */
export const listQuery = ({ search, sort, order }: ListSearch) => ({
  ...(search?.trim() && { search: searchText(search) }),
  sortBy: sort ?? ('lastModifiedOn' as const),
  descending: order !== 'up',
});

/** The column that a list is sorted by, as its table shows it. */
export const shownSort = ({ sort, order }: ListSearch) => ({
  by: sort ?? 'lastModifiedOn',
  descending: order !== 'up',
});

export const sortSearch = ({ by, descending }: { by: string; descending: boolean }) =>
  withoutUnset({
    sort: wordOf({ by }, 'by', SORTS),
    order: descending ? ('down' as const) : ('up' as const),
  });
