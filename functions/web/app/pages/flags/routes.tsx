import { createRoute, lazyRouteComponent, notFound } from '@tanstack/react-router';
import { textOf, withoutUnset, wordOf } from '../../data/search-params.ts';
import { groupRoute } from '../../shell/group-route.tsx';
import { ACTIVITIES, FLAG_TABS, ORDERS, STATES, TYPES } from './search-words.ts';

/** Addresses of rows name them by number. */
const requireId = (id: string): void => {
  if (!/^[1-9]\d{0,14}$/.test(id)) throw notFound();
};

const flagsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'flags',
  component: lazyRouteComponent(() => import('./flags-page.tsx'), 'FlagsPage'),
  validateSearch: (search) =>
    withoutUnset({
      search: textOf(search, 'search', 200),
      type: wordOf(search, 'type', TYPES),
      active: ACTIVITIES.find((each) => each === String(search.active)),
      by: wordOf(search, 'by', ORDERS),
      up: search.up === true ? true : undefined,
    }) as {
      search?: string;
      type?: (typeof TYPES)[number];
      active?: (typeof ACTIVITIES)[number];
      by?: (typeof ORDERS)[number];
      up?: true;
    },
});

const newFlagRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'flags/new',
  component: lazyRouteComponent(() => import('./new-flag-page.tsx'), 'NewFlagPage'),
});

const testPersonRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'flags/test',
  component: lazyRouteComponent(() => import('./test-person-page.tsx'), 'TestPersonPage'),
  validateSearch: (search) => withoutUnset({ id: textOf(search, 'id', 200) }) as { id?: string },
});

const flagRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'flags/$flag',
  component: lazyRouteComponent(() => import('./flag-page.tsx'), 'FlagPage'),
  validateSearch: (search) =>
    withoutUnset({
      tab: wordOf(search, 'tab', FLAG_TABS),
      id: textOf(search, 'id', 200),
    }) as { tab?: (typeof FLAG_TABS)[number]; id?: string },
  beforeLoad: ({ params }) => requireId(params.flag),
});

const changeRequestsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'change-requests',
  component: lazyRouteComponent(() => import('./change-requests-page.tsx'), 'ChangeRequestsPage'),
  validateSearch: (search) =>
    withoutUnset({ state: wordOf(search, 'state', STATES) }) as {
      state?: (typeof STATES)[number];
    },
});

const changeRequestRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'change-requests/$request',
  component: lazyRouteComponent(() => import('./change-request-page.tsx'), 'ChangeRequestPage'),
  beforeLoad: ({ params }) => requireId(params.request),
});

export const flagRoutes = [
  flagsRoute,
  newFlagRoute,
  testPersonRoute,
  flagRoute,
  changeRequestsRoute,
  changeRequestRoute,
] as const;
