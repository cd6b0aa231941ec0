import type { Route } from '#http/route.ts';
import { lintRoutes } from './lint-routes.ts';
import { swapRoutes } from './swap-routes.ts';
import { versionRoutes } from './version-routes.ts';

/** What looks at an entrypoint more closely than most callers need to. */
export const lookRoutes: readonly Route[] = [...lintRoutes, ...swapRoutes, ...versionRoutes];
