import type { Part } from '#http/parts.ts';
import type { Route } from '#http/route.ts';

/** The API in parts; a path belongs to the first that fits. */
export const parts: readonly Part[] = [
  {
    name: 'openapi',
    paths: /^\/openapi\.json(\/|$)/,
    routes: async () => {
      const { documentRoute } = await import('./document.ts');
      return [documentRoute(testbedRoutes)];
    },
  },
  {
    name: 'experiments',
    paths: /^\/experiment(\/|$)/,
    routes: async () => (await import('./experiments.ts')).experimentRoutes,
  },
  {
    name: 'queues',
    paths: /^\/queue(\/|$)/,
    routes: async () => (await import('./queues.ts')).queueRoutes,
  },
  {
    name: 'jobs',
    paths: /^\/job(\/|$)/,
    routes: async () => {
      const [{ jobRoutes }, { jobControlRoutes }] = await Promise.all([
        import('./jobs.ts'),
        import('./job-control.ts'),
      ]);
      return [...jobRoutes, ...jobControlRoutes];
    },
  },
  {
    name: 'task plugins',
    paths: /^\/taskPlugin(\/|$)/,
    routes: async () => (await import('./task-plugins.ts')).taskPluginRoutes,
  },
  {
    name: 'users',
    paths: /^\/user(\/|$)/,
    routes: async () => (await import('./users.ts')).userRoutes,
  },
];

/** Every route of the API. */
export async function testbedRoutes(): Promise<readonly Route[]> {
  return (await Promise.all(parts.map(({ routes }) => routes()))).flat();
}
