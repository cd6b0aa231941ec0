import type { Route } from '#http/route.ts';
import { resourceRoutes } from '../resource-routes.ts';
import { stateRoutes } from './state-routes.ts';
import { experimentJobRoutes } from './submit-routes.ts';
import { jobMount } from './wire.ts';

export const jobRoutes: readonly Route[] = [
  ...resourceRoutes(jobMount),
  ...experimentJobRoutes,
  ...stateRoutes,
];
