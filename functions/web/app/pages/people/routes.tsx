import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { withoutUnset, wordOf } from '../../data/search-params.ts';
import { groupRoute } from '../../shell/group-route.tsx';
import { auditSearch, PEOPLE_TABS, type PeopleTab } from './people-search.ts';

const peopleRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'people',
  validateSearch: (search): { readonly tab?: PeopleTab | undefined } =>
    withoutUnset({ tab: wordOf(search, 'tab', PEOPLE_TABS) }),
  component: lazyRouteComponent(() => import('./people-page.tsx'), 'PeoplePage'),
});

const auditRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'audit',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('./audit-page.tsx'), 'AuditPage'),
});

export const peopleRoutes = [peopleRoute, auditRoute] as const;
