import type { Route } from '#http/route.ts';
import { groupRoutes } from './group-routes.ts';
import { groupInvitationRoutes, invitationRoutes } from './invitation-routes.ts';
import { serviceAccountRoutes } from './service-account-routes.ts';
import { tokenRoutes } from './token-routes.ts';
import { userRoutes } from './user-routes.ts';

export const identityRoutes: readonly Route[] = [
  ...userRoutes,
  ...tokenRoutes,
  ...groupRoutes,
  ...serviceAccountRoutes,
  ...groupInvitationRoutes,
  ...invitationRoutes,
];
