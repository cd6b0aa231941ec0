import type { Route } from '#http/route.ts';
import { placeOf } from '../mounts/place.ts';
import { tagRoutes } from '../mounts/tag-routes.ts';
import { resourceRoutes } from '../resource-routes.ts';
import { stateRoutes } from './state-routes.ts';
import { experimentJobRoutes } from './submit-routes.ts';
import { jobMount } from './wire.ts';

export const jobRoutes: readonly Route[] = [
  ...resourceRoutes(jobMount),
  ...experimentJobRoutes,
  ...stateRoutes,
  ...tagRoutes(placeOf(jobMount)),
];
