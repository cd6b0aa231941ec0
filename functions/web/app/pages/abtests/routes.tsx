import { createRoute, lazyRouteComponent, notFound } from '@tanstack/react-router';
import { textOf, withoutUnset, wordOf } from '../../data/search-params.ts';
import { groupRoute } from '../../shell/group-route.tsx';
import { ORDERS, STATUSES, TABS } from './search-words.ts';

const abTestsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'ab-tests',
  component: lazyRouteComponent(() => import('./ab-tests-page.tsx'), 'AbTestsPage'),
  validateSearch: (search) =>
    withoutUnset({
      status: wordOf(search, 'status', STATUSES),
      search: textOf(search, 'search', 200),
      archived: search.archived === true ? true : undefined,
      by: wordOf(search, 'by', ORDERS),
      up: search.up === true ? true : undefined,
    }) as {
      status?: (typeof STATUSES)[number];
      search?: string;
      archived?: true;
      by?: (typeof ORDERS)[number];
      up?: true;
    },
});

const newAbTestRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'ab-tests/new',
  component: lazyRouteComponent(() => import('./new-ab-test-page.tsx'), 'NewAbTestPage'),
  validateSearch: (search) =>
    withoutUnset({ flag: textOf(search, 'flag', 400) }) as { flag?: string },
});

const abTestRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'ab-tests/$test',
  component: lazyRouteComponent(() => import('./ab-test-page.tsx'), 'AbTestPage'),
  validateSearch: (search) =>
    withoutUnset({
      tab: wordOf(search, 'tab', TABS),
      metric: textOf(search, 'metric', 200),
    }) as { tab?: (typeof TABS)[number]; metric?: string },
  beforeLoad: ({ params }) => {
    if (!/^[1-9]\d{0,14}$/.test(params.test)) throw notFound();
  },
});

const holdoutsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'holdouts',
  component: lazyRouteComponent(() => import('./holdouts-page.tsx'), 'HoldoutsPage'),
});

const savedMetricsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'saved-metrics',
  component: lazyRouteComponent(() => import('./saved-metrics-page.tsx'), 'SavedMetricsPage'),
});

const projectSettingsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'project-settings',
  component: lazyRouteComponent(() => import('./project-settings-page.tsx'), 'ProjectSettingsPage'),
});

export const abTestRoutes = [
  abTestsRoute,
  newAbTestRoute,
  abTestRoute,
  holdoutsRoute,
  savedMetricsRoute,
  projectSettingsRoute,
] as const;
