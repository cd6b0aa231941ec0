import * as z from 'zod';
import type { Dialect } from '#http/mount.ts';
import { openApiRoute } from '#http/openapi-route.ts';
import { PUBLIC, type Route, route } from '#http/route.ts';
import { HEADERS, mlflowDialect } from '#surfaces/mlflow/index.ts';
import { inWorkspace, statedBy } from './caller.ts';
import { documentHeaders, STATUSES } from './document.ts';
import { oracleError } from './errors.ts';
import { PREFIX, RETRY_TOKEN } from './prefix.ts';
import { requireCurrent } from './retry-token.ts';

/** MLflow's server has it at its root. */
const health = route({
  method: 'GET',
  path: '/health',
  operationId: 'getHealth',
  summary: 'Whether the server answers.',
  access: PUBLIC,
  handle: async () => new Response('OK', { headers: { ...HEADERS, 'content-type': 'text/plain' } }),
});

const isDocument = ({ operationId }: Route): boolean => /^getOpenApiDocument/.test(operationId);
const isUnknown = ({ operationId }: Route): boolean => operationId.startsWith('unknown');
const isOfUi = ({ path }: Route): boolean => path.startsWith('/ajax-api/');

const document = openApiRoute({
  title: 'Assay: the MLOps API of Oracle AI Data Platform',
  base: '',
  error: z.object({
    code: z.string(),
    message: z.string(),
    error_code: z.string(),
  }),
  headers: documentHeaders,
  statuses: STATUSES,
  routes: async () => rows.filter((row) => ![isDocument, isUnknown, isOfUi].some((is) => is(row))),
});

/** The very rows of MLflow's dialect, at another place. */
const rows: readonly Route[] = [
  ...mlflowDialect.routes.map((row) => (isDocument(row) ? { ...document, ...placeOf(row) } : row)),
  ...(mlflowDialect.routes.some(({ path }) => path === '/health') ? [] : [health]),
].map((row) => ({ ...row, path: `${PREFIX}${row.path}` }));

/** The document of this dialect stands where MLflow's does. */
function placeOf({ path, operationId }: Route): Pick<Route, 'path' | 'operationId'> {
  return { path, operationId };
}

/** Oracle's MLOps API: MLflow's below a path that names a workspace, with headers and errors of its own. */
export const oracleDialect: Dialect = {
  ...mlflowDialect,
  routes: rows,
  changes: {
    ...mlflowDialect.changes,
    keyHeader: RETRY_TOKEN,
    requireCurrent,
    stated: statedBy,
  },
  narrow: inWorkspace,
  errorResponse: oracleError,
};
