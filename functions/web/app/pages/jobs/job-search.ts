import { textOf, withoutUnset, wordOf } from '../../data/search-params.ts';
import { SEVERITIES, type Severity } from './log-severity.ts';

export const JOB_TABS = ['log', 'results', 'inputs'] as const;
export type JobTab = (typeof JOB_TABS)[number];

/** What stands behind the `?` of a job's page. */
export interface JobSearch {
  /** The log when missing. */
  readonly tab?: JobTab | undefined;
  /** Lines that are less grave are not shown. */
  readonly least?: Severity | undefined;
  /** Looked for in the log. */
  readonly find?: string | undefined;
}

export const jobSearch = (search: Record<string, unknown>): JobSearch =>
  withoutUnset({
    tab: wordOf(search, 'tab', JOB_TABS),
    least: wordOf(search, 'least', SEVERITIES),
    find: textOf(search, 'find', 200),
  });
