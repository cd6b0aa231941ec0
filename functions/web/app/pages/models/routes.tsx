import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { textOf, wholeOf, withoutUnset, wordOf } from '../../data/search-params.ts';
import { groupRoute } from '../../shell/group-route.tsx';

const KINDS = ['models', 'prompts'] as const;
const ORDERS = ['name', 'updated', 'created'] as const;

export interface ModelsSearch {
  /** A name or part of one, or a filter of MLflow's language. */
  readonly q?: string | undefined;
  readonly kind?: (typeof KINDS)[number] | undefined;
  readonly order?: (typeof ORDERS)[number] | undefined;
  readonly descending?: 'yes' | undefined;
}

export interface ModelSearch {
  /** The version that is looked at closely. */
  readonly version?: number | undefined;
  /** Two versions that are compared: `1-2`. */
  readonly compare?: string | undefined;
}

const modelsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'models',
  validateSearch: (search): ModelsSearch =>
    withoutUnset({
      q: textOf(search, 'q'),
      kind: wordOf(search, 'kind', KINDS),
      order: wordOf(search, 'order', ORDERS),
      descending: wordOf(search, 'descending', ['yes']),
    }),
  component: lazyRouteComponent(() => import('./models-page.tsx'), 'ModelsPage'),
});

const modelRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: 'models/$model',
  validateSearch: (search): ModelSearch =>
    withoutUnset({
      version: wholeOf(search, 'version', 1),
      compare: textOf(search, 'compare', 40),
    }),
  component: lazyRouteComponent(() => import('./model-page.tsx'), 'ModelPage'),
});

export const modelRoutes = [modelsRoute, modelRoute] as const;
