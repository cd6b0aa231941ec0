import type { Route } from '#http/route.ts';
import { signatureRoutes } from './signature-routes.ts';

export const workflowRoutes: readonly Route[] = [...signatureRoutes];
