import { loadOnce } from '#kernel/load-once.ts';

/** What drafts and tags do loads with the first call of it: most calls only read resources. */
export const draftVerbs = loadOnce(() => import('./drafts/verbs.ts'));
export const tagVerbs = loadOnce(() => import('./tags/verbs.ts'));

/** What searches take loads with the first of them. */
export const searches = loadOnce(() => import('./search.ts'));
