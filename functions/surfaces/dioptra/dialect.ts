import { applyMask, type Mask, parseMask } from '#http/mask.ts';
import type { Dialect } from '#http/mount.ts';
import type { Route } from '#http/route.ts';
import { artifactRoutes } from './artifacts/routes.ts';
import { entrypointRoutes } from './entrypoints/routes.ts';
import { dioptraError, dioptraInvalidInput, dioptraInvalidJson } from './errors.ts';
import { experimentRoutes } from './experiments/routes.ts';
import { authRoutes, type SignIn } from './identity/auth-routes.ts';
import { identityRoutes } from './identity/routes.ts';
import { jobRoutes } from './jobs/routes.ts';
import { openApiRoute } from './openapi/routes.ts';
import { pluginRoutes } from './plugins/routes.ts';
import { queueRoutes } from './queues/routes.ts';
import { typeRoutes } from './types/routes.ts';

export function dioptraRoutes(signIn: SignIn): readonly Route[] {
  const routes: readonly Route[] = [
    openApiRoute(() => routes),
    ...authRoutes(signIn),
    ...identityRoutes,
    ...queueRoutes,
    ...experimentRoutes,
    ...typeRoutes,
    ...pluginRoutes,
    ...entrypointRoutes,
    ...jobRoutes,
    ...artifactRoutes,
  ];
  return routes;
}

/** The mask in the X-Fields header where there is one. */
function maskOf(request: Request): Mask | undefined {
  const header = request.headers.get('x-fields');
  return header === null ? undefined : parseMask(header);
}

/** JSON, thinned out by the mask. */
function respond(value: unknown, request: Request): Response {
  const mask = maskOf(request);
  const shown = mask === undefined ? value : applyMask(mask, value);
  return Response.json(shown, { headers: { 'cache-control': 'no-store' } });
}

/** NIST Dioptra's REST API, version 1.2.2, under `/api/v1`. */
export const dioptraDialect = (signIn: SignIn): Dialect => ({
  routes: dioptraRoutes(signIn),
  invalidInput: dioptraInvalidInput,
  invalidJson: dioptraInvalidJson,
  errorResponse: dioptraError,
  requireAnswerable: (request) => void maskOf(request),
  respond,
});
