import type { Part } from '#http/parts.ts';
import type { Route } from '#http/route.ts';
import type { SignIn } from './identity/auth-routes.ts';

/** The API in parts; a path belongs to the first that fits. */
export const parts: readonly Part<[SignIn]>[] = [
  {
    name: 'openapi',
    paths: /^\/openapi\.json(\/|$)/,
    routes: async (signIn) => {
      const { documentRoute } = await import('./document.ts');
      return [documentRoute(() => dioptraRoutes(signIn))];
    },
  },
  {
    name: 'auth',
    paths: /^\/auth(\/|$)/,
    routes: async (signIn) => (await import('./identity/auth-routes.ts')).authRoutes(signIn),
  },
  {
    name: 'audit',
    paths: /^\/(groups\/[^/]+\/)?audit(\/|$)/,
    routes: async () => (await import('./audit/routes.ts')).auditRoutes,
  },
  {
    name: 'service accounts',
    paths: /^\/groups\/[^/]+\/serviceAccounts(\/|$)/,
    routes: async () => (await import('./identity/service-account-routes.ts')).serviceAccountRoutes,
  },
  {
    name: 'invitations',
    paths: /^\/(groups\/[^/]+\/)?invitations(\/|$)/,
    routes: async () => (await import('./identity/invitation-routes.ts')).invitationRoutes,
  },
  {
    name: 'limits',
    paths: /^\/groups\/[^/]+\/limits(\/|$)/,
    routes: async () => (await import('./identity/limit-routes.ts')).limitRoutes,
  },
  {
    name: 'overview',
    paths: /^\/groups\/[^/]+\/(overview|storage)(\/|$)/,
    routes: async () => (await import('./overview/routes.ts')).overviewRoutes,
  },
  {
    name: 'identity',
    paths: /^\/(users|groups)(\/|$)/,
    routes: async () => (await import('./identity/routes.ts')).identityRoutes,
  },
  {
    name: 'operation',
    paths: /^\/(workerTokens|events)(\/|$)/,
    routes: async () => (await import('./operation.ts')).operationRoutes,
  },
  {
    name: 'logs',
    paths: /^\/jobs\/[^/]+\/log(\/|$)/,
    routes: async () => (await import('./jobs/log-routes.ts')).logRoutes,
  },
  {
    name: 'metrics',
    paths: /^\/(jobs|experiments)\/[^/]+\/metrics(\/|$)/,
    routes: async () => (await import('./jobs/metric-routes.ts')).metricRoutes,
  },
  {
    name: 'inputs',
    paths: /^\/jobs\/[^/]+\/(parameters|artifactParameters|config|workflow|workflowPlugins)(\/|$)/,
    routes: async () => (await import('./jobs/input-routes.ts')).inputRoutes,
  },
  {
    name: 'steering',
    paths: /^\/(experiments\/[^/]+\/)?jobs\/[^/]+\/(cancel|retry|progress)(\/|$)/,
    routes: async () => (await import('./jobs/control-routes.ts')).controlRoutes,
  },
  {
    name: 'jobs',
    paths: /^\/(experiments\/[^/]+\/)?jobs(\/|$)/,
    routes: async () => (await import('./jobs/routes.ts')).jobRoutes,
  },
  {
    name: 'experiments',
    paths: /^\/experiments(\/|$)/,
    routes: async () => (await import('./experiments/routes.ts')).experimentRoutes,
  },
  {
    name: 'queues',
    paths: /^\/queues(\/|$)/,
    routes: async () => (await import('./queues/routes.ts')).queueRoutes,
  },
  {
    name: 'tags',
    paths: /^\/tags(\/|$)/,
    routes: async () => (await import('./tags/routes.ts')).tagResourceRoutes,
  },
  {
    name: 'draft commits',
    paths: /^\/workflows\/draftCommit(\/|$)/,
    routes: async () => (await import('./workflows/commit-routes.ts')).commitRoutes,
  },
  {
    name: 'types',
    paths: /^\/pluginParameterTypes(\/|$)/,
    routes: async () => (await import('./types/routes.ts')).typeRoutes,
  },
  {
    name: 'plugins',
    paths: /^\/plugins(\/|$)/,
    routes: async () => (await import('./plugins/routes.ts')).pluginRoutes,
  },
  {
    name: 'looks',
    paths: /^\/entrypoints(:|\/[^/]+(:|\/snapshots\/[^/]+\/[^/]))/,
    routes: async () => (await import('./entrypoints/look-routes.ts')).lookRoutes,
  },
  {
    name: 'entrypoints',
    paths: /^\/entrypoints(\/|$)/,
    routes: async () => (await import('./entrypoints/routes.ts')).entrypointRoutes,
  },
  {
    name: 'artifacts',
    paths: /^\/artifacts(\/|$)/,
    routes: async () => (await import('./artifacts/routes.ts')).artifactRoutes,
  },
  {
    name: 'models',
    paths: /^\/models(\/|$)/,
    routes: async () => (await import('./models/routes.ts')).modelRoutes,
  },
  {
    name: 'workflows',
    paths: /^\/workflows(\/|$)/,
    routes: async () => (await import('./workflows/routes.ts')).workflowRoutes,
  },
];

/** Every route of the API. */
export async function dioptraRoutes(signIn: SignIn): Promise<readonly Route[]> {
  return (await Promise.all(parts.map(({ routes }) => routes(signIn)))).flat();
}
