import type { Dialect } from '#http/mount.ts';
import { invalid } from '#kernel/errors.ts';
import { artifactUploadRoutes } from './artifact-uploads.ts';
import { artifactProxyRoutes, artifactRoutes } from './artifacts.ts';
import { errorResponse, HEADERS } from './errors.ts';
import { experimentRoutes } from './experiments.ts';
import { toJson } from './json.ts';
import { loggedModelRoutes } from './logged-models.ts';
import { loggingRoutes } from './logging.ts';
import { under } from './paths.ts';
import { runRoutes } from './runs.ts';
import { serverRoutes, unknownRoutes, versionRoute } from './server.ts';

/** MLflow's REST API. Its routes read their arguments themselves (see arguments.ts). */
export const mlflowDialect: Dialect = {
  routes: [
    ...under('/2.0/mlflow', [
      ...experimentRoutes,
      ...runRoutes,
      ...loggingRoutes,
      ...artifactRoutes,
      ...loggedModelRoutes,
    ]),
    ...under('/3.0/mlflow', serverRoutes),
    ...under('/2.0/mlflow-artifacts', [...artifactProxyRoutes, ...artifactUploadRoutes]),
    versionRoute,
    ...under('/2.0', unknownRoutes),
    ...under('/3.0', unknownRoutes),
  ],
  invalidInput: (place) => invalid('argument', `Bad Request. The ${place} is not valid.`),
  invalidJson: (message) => invalid('argument', message),
  errorResponse,
  respond: (value) => new Response(toJson(value), { headers: HEADERS }),
};
