import { loadOnce } from '#kernel/load-once.ts';
import type { searchLoggedModels as search } from './search/search-logged-models.ts';

const searches = loadOnce(() => import('./search/search-logged-models.ts'));

/** Searches logged models; what reads filters and orders loads with the first search. */
export const searchLoggedModels: typeof search = async (ctx, input) => {
  const { searchLoggedModels: verb } = await searches();
  return verb(ctx, input);
};
