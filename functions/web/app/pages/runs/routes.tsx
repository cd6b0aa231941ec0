import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { textOf, textsOf, withoutUnset, wordOf } from '../../data/search-params.ts';
import { groupRoute } from '../../shell/group-route.tsx';
import { type ChartsView, chartsView } from './charts/charts-view.ts';

const RUN_TABS = ['overview', 'metrics', 'artifacts'] as const;
type RunTab = (typeof RUN_TABS)[number];
const COMPARE_TABS = ['params', 'metrics', 'curves', 'charts', 'artifacts'] as const;
type CompareTab = (typeof COMPARE_TABS)[number];

export interface RunSearch extends ChartsView {
  readonly tab?: RunTab;
  /** What is looked for among params, metrics and tags. */
  readonly look?: string;
  /** The artifact that is shown. */
  readonly path?: string;
}

export interface CompareSearch extends ChartsView {
  readonly runs?: readonly string[];
  readonly tab?: CompareTab;
  /** Params that repetitions differ in, such as seeds. */
  readonly ignored?: readonly string[];
  readonly path?: string;
}

type Search = Readonly<Record<string, unknown>>;

const MOST_RUNS = 100;
/** No id has another letter, whichever server gave it; within filters they need no care then. */
const RUN_ID = /^[\w.-]{1,256}$/;

/** An empty list says that nothing is ignored; a missing one, that the page chooses. */
function ignoredOf({ ignored }: Search): readonly string[] | undefined {
  if (!Array.isArray(ignored)) return undefined;
  return ignored.filter((each) => typeof each === 'string').slice(0, 100);
}

const runSearch = (search: Search): RunSearch =>
  withoutUnset({
    ...chartsView(search),
    tab: wordOf(search, 'tab', RUN_TABS),
    look: textOf(search, 'look', 250),
    path: textOf(search, 'path', 2000),
  }) as RunSearch;

const compareSearch = (search: Search): CompareSearch =>
  withoutUnset({
    ...chartsView(search),
    runs: textsOf(search, 'runs', MOST_RUNS)?.filter((id) => RUN_ID.test(id)),
    tab: wordOf(search, 'tab', COMPARE_TABS),
    ignored: ignoredOf(search),
    path: textOf(search, 'path', 2000),
  }) as CompareSearch;

const runRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'runs/$run',
  validateSearch: runSearch,
  component: lazyRouteComponent(() => import('./run-page.tsx'), 'RunPage'),
});

const compareRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'compare',
  validateSearch: compareSearch,
  component: lazyRouteComponent(() => import('./compare-page.tsx'), 'ComparePage'),
});

export const runRoutes = [runRoute, compareRoute] as const;
