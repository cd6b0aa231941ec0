import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { textOf, textsOf, withoutUnset, wordOf } from '../../data/search-params.ts';
import { groupRoute } from '../../shell/group-route.tsx';

const VIEWS = ['active', 'deleted', 'all'] as const;
const TABS = ['runs', 'models', 'about'] as const;
const ORDERS = ['updated', 'created', 'name'] as const;

export interface ExperimentsSearch {
  /** A name or part of one, or a filter of MLflow's language. */
  readonly q?: string | undefined;
  readonly view?: (typeof VIEWS)[number] | undefined;
  readonly order?: (typeof ORDERS)[number] | undefined;
  readonly ascending?: 'yes' | undefined;
}

export interface ExperimentSearch {
  readonly tab?: (typeof TABS)[number] | undefined;
  readonly q?: string | undefined;
  readonly view?: (typeof VIEWS)[number] | undefined;
  /** The id of a column, behind `-` where the largest come first. */
  readonly sort?: string | undefined;
  /** The ids of the columns that are shown, in their order. */
  readonly columns?: readonly string[] | undefined;
}

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
      tab: wordOf(search, 'tab', TABS),
      q: textOf(search, 'q', 10_000),
      view: wordOf(search, 'view', VIEWS),
      sort: textOf(search, 'sort'),
      columns: textsOf(search, 'columns'),
    }),
  component: lazyRouteComponent(() => import('./experiment-page.tsx'), 'ExperimentPage'),
});

export const experimentRoutes = [experimentsRoute, experimentRoute] as const;
