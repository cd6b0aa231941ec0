import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { groupRoute } from '../../shell/group-route.tsx';

const jobsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'jobs',
  component: lazyRouteComponent(() => import('./jobs-page.tsx'), 'JobsPage'),
});

const jobRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'jobs/$job',
  component: lazyRouteComponent(() => import('./job-page.tsx'), 'JobPage'),
});

export const jobRoutes = [jobsRoute, jobRoute] as const;
