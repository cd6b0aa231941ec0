import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { groupRoute } from '../../shell/group-route.tsx';

const peopleRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'people',
  component: lazyRouteComponent(() => import('./people-page.tsx'), 'PeoplePage'),
});

const auditRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'audit',
  component: lazyRouteComponent(() => import('./audit-page.tsx'), 'AuditPage'),
});

export const peopleRoutes = [peopleRoute, auditRoute] as const;
