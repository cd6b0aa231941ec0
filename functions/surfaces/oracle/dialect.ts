import type { Dialect } from '#http/dialect.ts';
import type { Route } from '#http/route.ts';
import { loadOnce } from '#kernel/load-once.ts';
import { mlflowDialect } from '#surfaces/mlflow/index.ts';
import { inWorkspace, statedBy } from './caller.ts';
import { oracleError } from './errors.ts';
import { DOCUMENT_PATH, PREFIX, RETRY_TOKEN } from './prefix.ts';

export { oracleRoutes, partOf, rowsOf } from './parts.ts';

/** Few calls are repeated. */
const retried = loadOnce(() => import('./retry-token.ts'));

/** Oracle's MLOps API, or a part of it: MLflow's below a path that names a workspace, with headers and errors of its own. */
export function oracleDialect(routes: readonly Route[]): Dialect {
  const mlflow = mlflowDialect(routes);
  return {
    ...mlflow,
    // The very rows of MLflow's dialect, at another place.
    routes: mlflow.routes.map((row) =>
      row.path === DOCUMENT_PATH ? row : { ...row, path: `${PREFIX}${row.path}` },
    ),
    changes: {
      ...mlflow.changes,
      keyHeader: RETRY_TOKEN,
      requireCurrent: async (ctx, given) => (await retried()).requireCurrent(ctx, given),
      stated: statedBy,
    },
    narrow: inWorkspace,
    errorResponse: oracleError,
  };
}
