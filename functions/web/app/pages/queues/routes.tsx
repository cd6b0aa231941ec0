import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { groupRoute } from '../../shell/group-route.tsx';

const queuesRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'queues',
  component: lazyRouteComponent(() => import('./queues-page.tsx'), 'QueuesPage'),
});

export const queueRoutes = [queuesRoute] as const;
