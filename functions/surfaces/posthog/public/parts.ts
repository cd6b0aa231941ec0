import type { Part } from '#http/parts.ts';

/** What clients call at the root of the host, in parts. */
export const publicParts: readonly Part[] = [
  {
    name: 'definitions',
    paths: /^\/(flags\/definitions|api\/feature_flag\/local_evaluation)\/?$/,
    routes: async () => (await import('./definitions-routes.ts')).definitionsRoutes,
  },
  {
    name: 'config',
    paths: /^\/(array|static)(\/|$)/,
    routes: async () => (await import('./config-routes.ts')).configRoutes,
  },
  {
    name: 'flags',
    paths: /^\/(flags|decide)\/?$/,
    routes: async () => (await import('./flags-routes.ts')).publicFlagRoutes,
  },
  {
    name: 'capture',
    paths: /^\/(batch|capture|e|i\/v0\/e|track|engage)\/?$/,
    routes: async () => (await import('./capture-routes.ts')).captureRoutes,
  },
];
