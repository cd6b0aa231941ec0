import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { groupRoute } from '../../shell/group-route.tsx';

const entrypointsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'entrypoints',
  component: lazyRouteComponent(() => import('./entrypoints-page.tsx'), 'EntrypointsPage'),
});

const newEntrypointRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'entrypoints/new',
  component: lazyRouteComponent(() => import('./new-entrypoint-page.tsx'), 'NewEntrypointPage'),
});

const entrypointRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'entrypoints/$entrypoint',
  component: lazyRouteComponent(() => import('./entrypoint-page.tsx'), 'EntrypointPage'),
});

export const entrypointRoutes = [entrypointsRoute, newEntrypointRoute, entrypointRoute] as const;
