import type { Route } from '#http/route.ts';
import { logRoutes } from './log-routes.ts';
import { metricRoutes } from './metric-routes.ts';

/** What jobs tell while they run. */
export const reportRoutes: readonly Route[] = [...metricRoutes, ...logRoutes];
