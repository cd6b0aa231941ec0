import * as z from 'zod';
import { tagOf, withTag } from '#http/entity-tag.ts';
import type { Dialect } from '#http/mount.ts';
import { openApiRoute } from '#http/openapi-route.ts';
import type { Route } from '#http/route.ts';
import { invalid } from '#kernel/errors.ts';
import { readArguments } from './arguments.ts';
import { artifactFileRoutes, plainFileRoutes } from './artifact-files.ts';
import { artifactUploadRoutes } from './artifact-uploads.ts';
import { artifactUrlRoutes, proxyUrlRoutes } from './artifact-urls.ts';
import { artifactProxyRoutes, artifactRoutes } from './artifacts.ts';
import { HEADERS } from './errors.ts';
import { experimentRoutes } from './experiments.ts';
import { graphqlErrorResponse, graphqlRoutes } from './graphql/routes.ts';
import { inJson, toJson } from './json.ts';
import { loggedModelFileRoutes } from './logged-model-files.ts';
import { loggedModelRoutes } from './logged-models.ts';
import { loggingRoutes } from './logging.ts';
import { metricHistoryRoutes } from './metric-history.ts';
import { under } from './paths.ts';
import { registryRoutes } from './registry/routes.ts';
import { runControlRoutes } from './run-control.ts';
import { runInputRoutes } from './run-inputs.ts';
import { runSearchRoutes } from './run-search.ts';
import { runRoutes } from './runs.ts';
import { serverRoutes, unknownRoutes, versionRoute } from './server.ts';
import { otlpRoute } from './traces/files.ts';
import { olderTraceRoutes, traceRoutes } from './traces/routes.ts';
import { withinWorkspace, workspaceRoutes } from './workspaces.ts';

/** What runs report is its own record: it costs nothing more than it must. */
const reported = (...lists: readonly (readonly Route[])[]): readonly Route[] =>
  lists.flat().map((row) => ({ ...row, untraced: true }));

/** The rows of the API itself, under both roots. */
const apiRoutes: readonly Route[] = [
  ...under('/2.0/mlflow', [
    ...experimentRoutes,
    ...registryRoutes,
    ...reported(
      runRoutes,
      runSearchRoutes,
      runControlRoutes,
      runInputRoutes,
      loggingRoutes,
      metricHistoryRoutes,
      artifactRoutes,
      artifactFileRoutes,
      artifactUrlRoutes,
      loggedModelRoutes,
      olderTraceRoutes,
      loggedModelFileRoutes,
    ),
  ]),
  ...under('/3.0/mlflow', [...serverRoutes, ...workspaceRoutes, ...reported(traceRoutes)]),
  ...under(
    '/2.0/mlflow-artifacts',
    reported(artifactProxyRoutes, artifactUploadRoutes, proxyUrlRoutes),
  ),
  ...plainFileRoutes,
  ...reported(graphqlRoutes),
  ...reported([otlpRoute]),
  versionRoute,
];

const documentRoute = openApiRoute({
  title: 'Assay: the REST API of MLflow',
  base: '',
  error: z.object({ error_code: z.string(), message: z.string() }),
  routes: async () => apiRoutes.filter(({ path }) => !path.startsWith('/ajax-api/')),
});

function respond(value: unknown, request: Request): Response {
  const response = new Response(toJson(value), { headers: HEADERS });
  const tag = tagOf(value);
  return tag === undefined ? response : withTag(response, tag, request);
}

/** MLflow's REST API; its integers have 64 bits (see arguments.ts). */
export const mlflowDialect: Dialect = {
  routes: [
    ...apiRoutes,
    ...under('/2.0/mlflow', [documentRoute]),
    ...under('/2.0', unknownRoutes),
    ...under('/3.0', unknownRoutes),
  ],
  changes: { keyHeader: 'idempotency-key', json: { write: toJson, read: inJson } },
  readInput: async (route, request) => ({
    query: route.query && (await readArguments(request, route.query)),
    body: route.body && (await readArguments(request, route.body, route.maxBodyBytes)),
  }),
  invalidInput: (place) => invalid('argument', `Bad Request. The ${place} is not valid.`),
  invalidJson: (message) => invalid('argument', message),
  errorResponse: graphqlErrorResponse,
  narrow: withinWorkspace,
  respond,
};
