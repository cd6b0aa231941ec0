import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { textOf, textsOf, withoutUnset, wordOf } from '../../data/search-params.ts';
import { groupRoute } from '../../shell/group-route.tsx';
import { chartsView } from '../runs/charts/charts-view.ts';
import { type ExperimentSearch, type ExperimentsSearch, ORDERS, TABS, VIEWS } from './search.ts';

const experimentsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'experiments',
  validateSearch: (search): ExperimentsSearch =>
    withoutUnset({
      q: textOf(search, 'q'),
      view: wordOf(search, 'view', VIEWS),
      order: wordOf(search, 'order', ORDERS),
      ascending: wordOf(search, 'ascending', ['yes']),
    }),
  component: lazyRouteComponent(() => import('./experiments-page.tsx'), 'ExperimentsPage'),
});

const experimentRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'experiments/$experiment',
  validateSearch: (search): ExperimentSearch =>
    withoutUnset({
      ...chartsView(search),
      tab: wordOf(search, 'tab', TABS),
      q: textOf(search, 'q', 10_000),
      view: wordOf(search, 'view', VIEWS),
      sort: textOf(search, 'sort'),
      columns: textsOf(search, 'columns'),
    }),
  component: lazyRouteComponent(() => import('./experiment-page.tsx'), 'ExperimentPage'),
});

export const experimentRoutes = [experimentsRoute, experimentRoute] as const;
