import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { textOf, textsOf, withoutUnset, wordOf } from '../../data/search-params.ts';
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
  readonly version?: string | undefined;
  /** Two versions that are compared. */
  readonly compare?: readonly string[] | undefined;
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
    withoutUnset({ version: textOf(search, 'version', 20), compare: pairOf(search) }),
  component: lazyRouteComponent(() => import('./model-page.tsx'), 'ModelPage'),
});

const pairOf = (search: Readonly<Record<string, unknown>>): readonly string[] | undefined => {
  const pair = textsOf(search, 'compare');
  return pair?.length === 2 ? pair : undefined;
};

export const modelRoutes = [modelsRoute, modelRoute] as const;
