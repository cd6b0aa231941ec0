import type { Route } from '#http/route.ts';
import { aliasRoutes } from './aliases.ts';
import { modelRoutes } from './models.ts';
import { registrySearchRoutes } from './search.ts';
import { versionRoutes } from './versions.ts';

/** Registered models, their versions and aliases. */
export const registryRoutes: readonly Route[] = [
  ...modelRoutes,
  ...aliasRoutes,
  ...versionRoutes,
  ...registrySearchRoutes,
];
