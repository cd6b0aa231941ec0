import type { Route } from '#http/route.ts';
import { importRoutes } from './import-routes.ts';
import { signatureRoutes } from './signature-routes.ts';

export const workflowRoutes: readonly Route[] = [...signatureRoutes, ...importRoutes];
