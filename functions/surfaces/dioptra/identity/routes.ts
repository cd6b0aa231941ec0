import type { Route } from '#http/route.ts';
import { groupRoutes } from './group-routes.ts';
import { tokenRoutes } from './token-routes.ts';
import { userRoutes } from './user-routes.ts';

export const identityRoutes: readonly Route[] = [...userRoutes, ...tokenRoutes, ...groupRoutes];
