/** What drafts and tags do loads with the first call of it: most calls only read resources. */
export const draftVerbs = () => import('./drafts/verbs.ts');
export const tagVerbs = () => import('./tags/verbs.ts');
