import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { groupRoute } from '../../shell/group-route.tsx';

const flagsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'flags',
  component: lazyRouteComponent(() => import('./flags-page.tsx'), 'FlagsPage'),
});

const flagRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'flags/$flag',
  component: lazyRouteComponent(() => import('./flag-page.tsx'), 'FlagPage'),
});

const changeRequestsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'change-requests',
  component: lazyRouteComponent(() => import('./change-requests-page.tsx'), 'ChangeRequestsPage'),
});

export const flagRoutes = [flagsRoute, flagRoute, changeRequestsRoute] as const;
