import { loadOnce } from '#kernel/load-once.ts';

/** What the calls of the registry do; it loads with the first of them, since most calls are of runs. */
export const registry = loadOnce(() => import('#domain/registry/index.ts'));
