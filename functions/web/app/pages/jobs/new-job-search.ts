import { wholeOf, withoutUnset } from '../../data/search-params.ts';

/** What a new job is to be of, and the job whose values it begins with. */
export interface NewJobSearch {
  readonly experiment?: number | undefined;
  readonly entrypoint?: number | undefined;
  readonly like?: number | undefined;
}

export const newJobSearch = (search: Record<string, unknown>): NewJobSearch =>
  withoutUnset({
    experiment: wholeOf(search, 'experiment', 1),
    entrypoint: wholeOf(search, 'entrypoint', 1),
    like: wholeOf(search, 'like', 1),
  });
