import type { Context } from '#kernel/context.ts';

/** What a list keeps of a row for searching and sorting; the caller truncates long strings. */
export type Summary = {
  readonly [field: string]: string | number | boolean | null | readonly string[];
};

/** One change of one row of a list. */
export interface ListEntry {
  readonly id: number;
  /** Grows by one with each change of the row that its list shows; starts at 1. */
  readonly version: number;
  /** The place in default order; null takes the row off the list. */
  readonly position: number | null;
  /** The position before this change; null when the row was not on the list. */
  readonly was: number | null;
  readonly summary: Summary;
}

/** A row as a page shows it. */
export interface ListRow {
  readonly id: number;
  readonly version: number;
  readonly position: number;
  readonly summary: Summary;
}

/**
 * What lists need of a context. Lists are helpers behind verbs that have asked for permission;
 * they take this narrow store rather than a context, and never know who acts.
 */
export type ListStore = Pick<Context, 'table' | 'cache' | 'clock' | 'ids' | 'defer'>;

/** Which rows a page is picked from. */
export interface ListFilter {
  /** Names what the filter lets through, so that its outcome may be cached. */
  readonly key?: string;
  /** `undefined` where the summary does not tell. */
  readonly matches: (summary: Summary) => boolean | undefined;
  /** Those of the rows that pass, for rows whose summaries do not tell. */
  readonly decide?: (rows: readonly ListRow[]) => Promise<readonly ListRow[]>;
}

export interface ListPageOptions {
  readonly offset: number;
  readonly limit: number;
  /** What it takes to filter may be read beside the list. */
  readonly filter?: ListFilter | Promise<ListFilter>;
  /**
   * Another order than the default one; equal rows follow in default order. `settle` tells what rows hold
   * whose summaries have the field `open`.
   */
  readonly sort?: {
    readonly field: string;
    readonly descending: boolean;
    readonly settle?: (rows: readonly ListRow[]) => Promise<readonly Summary[]>;
  };
  /** Turns the default order around; not used with `sort`. */
  readonly descending?: boolean;
}

export interface ListPage {
  /** Rows of the whole list, of those that match when there is a filter. */
  readonly total: number;
  readonly rows: readonly ListRow[];
}
