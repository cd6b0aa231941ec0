import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { groupRoute } from '../../shell/group-route.tsx';

const pluginsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'plugins',
  component: lazyRouteComponent(() => import('./plugins-page.tsx'), 'PluginsPage'),
});

const pluginRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'plugins/$plugin',
  component: lazyRouteComponent(() => import('./plugin-page.tsx'), 'PluginPage'),
});

export const pluginRoutes = [pluginsRoute, pluginRoute] as const;
