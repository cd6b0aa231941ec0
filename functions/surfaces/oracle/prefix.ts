import type { RequestIdHeader } from '#http/request-id.ts';

/** What stands before MLflow's paths at Oracle's service. */
export const PREFIX =
  '/20260430/aiDataPlatforms/{aiDataPlatformId}/workspaces/{workspaceKey}/mlops';

/** The document, for whoever knows no workspace yet. */
export const DOCUMENT_PATH = '/20260430/openapi.json';

/** All that is answered in Oracle's form, other addresses below the version, too. */
export const ORACLE_PATH = /^\/20260430(\/|$)/;

/** Only letters, numbers, underscore and dash are valid there. */
export const OPC_REQUEST_ID: RequestIdHeader = {
  name: 'opc-request-id',
  form: /^[A-Za-z0-9_-]{1,128}$/,
};

export const RETRY_TOKEN = 'opc-retry-token';
export const USER_PRINCIPAL = 'dh-user-principal';
