import { textOf, wholeOf, withoutUnset, wordOf } from '../../data/search-params.ts';

export const JOB_STATES = ['waiting', 'running', 'finished', 'failed'] as const;
export type JobsState = (typeof JOB_STATES)[number];

export const SORTABLE = [
  'id',
  'description',
  'experiment',
  'entrypoint',
  'queue',
  'status',
  'createdOn',
  'lastModifiedOn',
] as const;

/** What stands behind the `?` of the list of jobs. */
export interface JobsSearch {
  readonly state?: JobsState | undefined;
  readonly find?: string | undefined;
  readonly experiment?: number | undefined;
  readonly queue?: string | undefined;
  readonly entrypoint?: string | undefined;
  readonly sort?: (typeof SORTABLE)[number] | undefined;
  /** Ascending; the newest are first otherwise. */
  readonly up?: boolean | undefined;
}

export const jobsSearch = (search: Record<string, unknown>): JobsSearch =>
  withoutUnset({
    state: wordOf(search, 'state', JOB_STATES),
    find: textOf(search, 'find', 500),
    experiment: wholeOf(search, 'experiment', 1),
    queue: textOf(search, 'queue', 200),
    entrypoint: textOf(search, 'entrypoint', 200),
    sort: wordOf(search, 'sort', SORTABLE),
    up: search.up === true ? true : undefined,
  });

/** Of the words for states `queued` and `deferred` alone have two e's: the language of searches knows no "or". */
const TERMS: { readonly [state in JobsState]: string } = {
  waiting: 'status:"*e*e*"',
  running: 'status:started',
  finished: 'status:finished',
  failed: 'status:failed',
};

/** A text in quotes, as the language of searches reads it: nothing in it is a wildcard. */
export const quoted = (text: string): string =>
  `"${text.replace(/[\\?*"']/g, (sign) => `\\${sign}`).replace(/\p{Cc}/gu, '?')}"`;

/** Words of people, found anywhere; what is written in the language of searches stays as it is. */
const termOf = (find: string): string =>
  /^[a-z_]+:/.test(find) ? find : find.split(/\s+/).filter(Boolean).map(quoted).join(',');

/** The search of the API for what is chosen; its terms must all hold. */
export function searchText({ state, find, queue, entrypoint }: JobsSearch): string | undefined {
  const terms = [
    state === undefined ? '' : TERMS[state],
    find === undefined ? '' : termOf(find),
    queue === undefined ? '' : `queue:${quoted(queue)}`,
    entrypoint === undefined ? '' : `entrypoint:${quoted(entrypoint)}`,
  ].filter((term) => term !== '');
  return terms.length === 0 ? undefined : terms.join(',');
}
