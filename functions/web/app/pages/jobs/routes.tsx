import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { groupRoute } from '../../shell/group-route.tsx';
import { jobSearch } from './job-search.ts';
import { jobsSearch } from './jobs-search.ts';
import { newJobSearch } from './new-job-search.ts';

const jobsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'jobs',
  validateSearch: jobsSearch,
  component: lazyRouteComponent(() => import('./jobs-page.tsx'), 'JobsPage'),
});

const newJobRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'jobs/new',
  validateSearch: newJobSearch,
  component: lazyRouteComponent(() => import('./new-job-page.tsx'), 'NewJobPage'),
});

const jobRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'jobs/$job',
  validateSearch: jobSearch,
  component: lazyRouteComponent(() => import('./job-page.tsx'), 'JobPage'),
});

export const jobRoutes = [jobsRoute, newJobRoute, jobRoute] as const;
