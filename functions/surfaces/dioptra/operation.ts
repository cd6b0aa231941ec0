import type { Route } from '#http/route.ts';
import { eventRoutes } from './events/routes.ts';
import { workerTokenRoutes } from './worker-tokens/routes.ts';

/** What administrators look after. */
export const operationRoutes: readonly Route[] = [...workerTokenRoutes, ...eventRoutes];
