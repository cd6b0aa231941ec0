import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { groupRoute } from '../../shell/group-route.tsx';

const experimentsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'experiments',
  component: lazyRouteComponent(() => import('./experiments-page.tsx'), 'ExperimentsPage'),
});

const experimentRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'experiments/$experiment',
  component: lazyRouteComponent(() => import('./experiment-page.tsx'), 'ExperimentPage'),
});

export const experimentRoutes = [experimentsRoute, experimentRoute] as const;
