import { loadOnce } from '#kernel/load-once.ts';
import type { searchRuns as search } from './search/search-runs.ts';

const searches = loadOnce(() => import('./search/search-runs.ts'));

/** Searches runs; what reads filters and orders loads with the first search. */
export const searchRuns: typeof search = async (ctx, input) => {
  const { searchRuns: verb } = await searches();
  return verb(ctx, input);
};
