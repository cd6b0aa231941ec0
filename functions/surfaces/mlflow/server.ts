import { type Method, PUBLIC, type Route, route } from '#http/route.ts';
import { AppError } from '#kernel/errors.ts';
import { HEADERS } from './errors.ts';
import { WORKSPACE_HEADER } from './workspaces.ts';

/** The release of MLflow whose API this is. */
export const MLFLOW_VERSION = '3.17.2';

/**
 * Programs may name a workspace, and do not have to. The web UI would make people choose one first,
 * so it is told of them only where it names one already.
 */
const namesWorkspaces = (request: Request): boolean =>
  !new URL(request.url).pathname.includes('/ajax-api/') || request.headers.has(WORKSPACE_HEADER);

const serverInfo = route({
  method: 'GET',
  path: '/server-info',
  operationId: 'getServerInfo',
  summary: 'What this server can do.',
  access: PUBLIC,
  handle: async ({ request }) => ({
    store_type: 'SqlStore',
    workspaces_enabled: namesWorkspaces(request),
    trace_archival_enabled: false,
    multipart_uploads_enabled: true,
    multipart_downloads_enabled: true,
    presigned_upload_run_id_supported: true,
    presigned_upload_model_id_supported: true,
    features_enabled: { gateway: false },
  }),
});

export const serverRoutes: readonly Route[] = [serverInfo];

export const versionRoute: Route = route({
  method: 'GET',
  path: '/version',
  operationId: 'getVersion',
  summary: 'The version of MLflow whose API this is.',
  access: PUBLIC,
  handle: async () =>
    new Response(MLFLOW_VERSION, { headers: { ...HEADERS, 'content-type': 'text/plain' } }),
});

const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Clients take this answer as that of an older server and do without. */
export const unknownRoutes: readonly Route[] = METHODS.map((method) => ({
  method,
  path: '/{rest*}',
  operationId: `unknown${method}`,
  summary: 'An address that this server does not have.',
  access: PUBLIC,
  handle: async () => {
    throw new AppError('not_found', 'Assay does not serve this endpoint of MLflow (yet).', {
      reason: 'no_endpoint',
    });
  },
}));
