import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { groupRoute } from '../../shell/group-route.tsx';

const abTestsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'ab-tests',
  component: lazyRouteComponent(() => import('./ab-tests-page.tsx'), 'AbTestsPage'),
});

const newAbTestRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'ab-tests/new',
  component: lazyRouteComponent(() => import('./new-ab-test-page.tsx'), 'NewAbTestPage'),
});

const abTestRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'ab-tests/$test',
  component: lazyRouteComponent(() => import('./ab-test-page.tsx'), 'AbTestPage'),
});

export const abTestRoutes = [abTestsRoute, newAbTestRoute, abTestRoute] as const;
