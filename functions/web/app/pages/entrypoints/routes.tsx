import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { wholeOf, withoutUnset, wordOf } from '../../data/search-params.ts';
import { groupRoute } from '../../shell/group-route.tsx';
import { listSearch } from '../../ui/list-search.ts';

const entrypointsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'entrypoints',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./entrypoints-page.tsx'), 'EntrypointsPage'),
});

const newEntrypointRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'entrypoints/new',
  validateSearch: (search): { readonly draft?: number | undefined } =>
    withoutUnset({ draft: wholeOf(search, 'draft', 1) }),
  component: lazyRouteComponent(() => import('./new-entrypoint-page.tsx'), 'NewEntrypointPage'),
});

export interface EntrypointSearch {
  readonly tab?: 'edit' | 'versions' | undefined;
  /** Snapshots that are compared. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

const entrypointRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'entrypoints/$entrypoint',
  validateSearch: (search): EntrypointSearch =>
    withoutUnset({
      tab: wordOf(search, 'tab', ['edit', 'versions'] as const),
      from: wholeOf(search, 'from', 1),
      to: wholeOf(search, 'to', 1),
    }),
  component: lazyRouteComponent(() => import('./entrypoint-page.tsx'), 'EntrypointPage'),
});

export const entrypointRoutes = [entrypointsRoute, newEntrypointRoute, entrypointRoute] as const;
