import type { Part } from '#http/parts.ts';
import type { Route } from '#http/route.ts';
import { publicParts } from './public/parts.ts';

const DOCUMENT_PATH = '/api/schema';

/** The API in parts; a path belongs to the first that fits. */
export const parts: readonly Part[] = [
  {
    name: 'document',
    paths: /^\/api\/schema(\/|$)/,
    routes: async () => {
      const { documentRoute } = await import('./document.ts');
      return [{ ...documentRoute(posthogRoutes), path: DOCUMENT_PATH }];
    },
  },
  {
    name: 'keys',
    paths: /^\/api\/(personal_api_keys|users)(\/|$)/,
    routes: async () => (await import('./projects/key-routes.ts')).keyRoutes,
  },
  {
    name: 'feature_flags',
    paths: /^\/api\/projects\/[^/]+\/feature_flags(\/|$)/,
    routes: async () => (await import('./flags/routes.ts')).flagRoutes,
  },
  {
    name: 'group_types',
    paths: /^\/api\/projects\/[^/]+\/groups_types\/?$/,
    routes: async () => (await import('./flags/group-type-routes.ts')).groupTypeRoutes,
  },
  {
    name: 'approvals',
    paths: /^\/api\/projects\/[^/]+\/(approval_policies|change_requests)(\/|$)/,
    routes: async () => (await import('./approvals/routes.ts')).approvalRoutes,
  },
  {
    name: 'projects',
    paths: /^\/api\/projects(\/[^/]+(\/reset_token)?)?\/?$/,
    routes: async () => (await import('./projects/routes.ts')).projectRoutes,
  },
  {
    name: 'overview of experiments',
    paths:
      /\/experiments\/(eligible_feature_flags|stats|requires_flag_implementation|running_time)\/?$/,
    routes: async () => (await import('./experiments/overview-routes.ts')).overviewRoutes,
  },
  {
    name: 'series of experiments',
    paths: /\/experiments\/\d+\/(timeseries_results|recalculate_timeseries)\/?$/,
    routes: async () => (await import('./experiments/timeseries-routes.ts')).timeseriesRoutes,
  },
  {
    name: 'steps of experiments',
    paths: /\/experiments\/\d+\/[^/]+/,
    routes: async () => (await import('./experiments/lifecycle-routes.ts')).lifecycleRoutes,
  },
  {
    name: 'experiments',
    paths: /^\/api\/projects\/[^/]+\/experiments(\/|$)/,
    routes: async () => (await import('./experiments/routes.ts')).experimentRoutes,
  },
  {
    name: 'holdouts',
    paths: /^\/api\/projects\/[^/]+\/experiment_holdouts(\/|$)/,
    routes: async () => (await import('./holdouts/routes.ts')).holdoutRoutes,
  },
  {
    name: 'saved metrics',
    paths: /^\/api\/projects\/[^/]+\/experiment_saved_metrics(\/|$)/,
    routes: async () => (await import('./saved-metrics/routes.ts')).savedMetricRoutes,
  },
  {
    name: 'query',
    paths: /^\/api\/projects\/[^/]+\/query(\/|$)/,
    routes: async () => (await import('./query/routes.ts')).queryRoutes,
  },
];

/** Every route of the dialect. */
export async function posthogRoutes(): Promise<readonly Route[]> {
  return (await Promise.all([...parts, ...publicParts].map(({ routes }) => routes()))).flat();
}
