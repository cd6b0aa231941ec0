import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { groupRoute } from '../../shell/group-route.tsx';

const modelsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'models',
  component: lazyRouteComponent(() => import('./models-page.tsx'), 'ModelsPage'),
});

const modelRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'models/$model',
  component: lazyRouteComponent(() => import('./model-page.tsx'), 'ModelPage'),
});

export const modelRoutes = [modelsRoute, modelRoute] as const;
