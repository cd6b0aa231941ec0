import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { groupRoute } from '../../shell/group-route.tsx';

const homeRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./home-page.tsx'), 'HomePage'),
});

export const homeRoutes = [homeRoute] as const;
