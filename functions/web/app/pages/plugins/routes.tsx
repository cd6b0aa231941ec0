import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { wholeOf, withoutUnset, wordOf } from '../../data/search-params.ts';
import { groupRoute } from '../../shell/group-route.tsx';
import { listSearch } from '../../ui/list-search.ts';

const pluginsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'plugins',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./plugins-page.tsx'), 'PluginsPage'),
});

const typesRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'plugins/types',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./types-page.tsx'), 'TypesPage'),
});

export interface PluginSearch {
  readonly tab?: 'versions' | undefined;
  /** The file that is shown; 0 for one that is not there yet. */
  readonly file?: number | undefined;
  /** Shows the versions of the file, and compares two of them. */
  readonly history?: boolean | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

const pluginRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'plugins/$plugin',
  validateSearch: (search): PluginSearch =>
    withoutUnset({
      tab: wordOf(search, 'tab', ['versions'] as const),
      file: wholeOf(search, 'file'),
      history: search.history === true || undefined,
      from: wholeOf(search, 'from', 1),
      to: wholeOf(search, 'to', 1),
    }),
  component: lazyRouteComponent(() => import('./plugin-page.tsx'), 'PluginPage'),
});

export const pluginRoutes = [pluginsRoute, typesRoute, pluginRoute] as const;
