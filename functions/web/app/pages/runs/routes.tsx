import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { groupRoute } from '../../shell/group-route.tsx';

const runRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'runs/$run',
  component: lazyRouteComponent(() => import('./run-page.tsx'), 'RunPage'),
});

const compareRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'compare',
  component: lazyRouteComponent(() => import('./compare-page.tsx'), 'ComparePage'),
});

export const runRoutes = [runRoute, compareRoute] as const;
