import { createRouter } from '@tanstack/react-router';
import { createQueryClient } from './data/query-client.ts';
import { abTestRoutes } from './pages/abtests/routes.tsx';
import { accountRoutes, strangerRoutes } from './pages/account/routes.tsx';
import { entrypointRoutes } from './pages/entrypoints/routes.tsx';
import { experimentRoutes } from './pages/experiments/routes.tsx';
import { flagRoutes } from './pages/flags/routes.tsx';
import { homeRoutes } from './pages/home/routes.tsx';
import { jobRoutes } from './pages/jobs/routes.tsx';
import { linkRoutes } from './pages/links/routes.tsx';
import { modelRoutes } from './pages/models/routes.tsx';
import { peopleRoutes } from './pages/people/routes.tsx';
import { pluginRoutes } from './pages/plugins/routes.tsx';
import { queueRoutes } from './pages/queues/routes.tsx';
import { runRoutes } from './pages/runs/routes.tsx';
import { groupRoute, signedInRoute, startRoute } from './shell/group-route.tsx';
import { NotFound, rootRoute } from './shell/root-route.tsx';
import { readStrictly } from './shell/strict-search.ts';
import { Loading } from './ui/page.tsx';

const routeTree = rootRoute.addChildren([
  ...strangerRoutes,
  signedInRoute.addChildren([
    startRoute,
    ...accountRoutes,
    ...linkRoutes,
    groupRoute.addChildren([
      ...homeRoutes,
      ...experimentRoutes,
      ...runRoutes,
      ...modelRoutes,
      ...jobRoutes,
      ...queueRoutes,
      ...entrypointRoutes,
      ...pluginRoutes,
      ...abTestRoutes,
      ...flagRoutes,
      ...peopleRoutes,
    ]),
  ]),
]);

export const queries = createQueryClient();

export const router = createRouter({
  routeTree,
  basepath: '/ui',
  context: { queries },
  defaultPreload: 'intent',
  // What pages load is TanStack Query's to keep.
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultNotFoundComponent: NotFound,
  defaultPendingComponent: () => <Loading />,
});

readStrictly(Object.values(router.routesById));

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
