import { loadOnce } from '#kernel/load-once.ts';
import type { searchTraces as search } from './search/search-traces.ts';

const searches = loadOnce(() => import('./search/search-traces.ts'));

/** Searches traces; what reads filters and orders loads with the first search. */
export const searchTraces: typeof search = async (ctx, input) => {
  const { searchTraces: verb } = await searches();
  return verb(ctx, input);
};
