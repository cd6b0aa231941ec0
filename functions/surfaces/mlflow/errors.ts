import type { AppError, ErrorCode, ErrorDetail } from '#kernel/errors.ts';
import { shown } from './arguments.ts';
import { toJson } from './json.ts';

type WireError = readonly [status: number, errorCode: string];

const wire: { readonly [code in ErrorCode]: WireError } = {
  invalid: [400, 'INVALID_PARAMETER_VALUE'],
  unauthenticated: [401, 'UNAUTHENTICATED'],
  forbidden: [403, 'PERMISSION_DENIED'],
  not_found: [404, 'RESOURCE_DOES_NOT_EXIST'],
  conflict: [409, 'RESOURCE_CONFLICT'],
  deleted: [400, 'INVALID_PARAMETER_VALUE'],
  locked: [409, 'RESOURCE_CONFLICT'],
  precondition_failed: [412, 'RESOURCE_CONFLICT'],
  unprocessable: [400, 'INVALID_PARAMETER_VALUE'],
  too_large: [413, 'INVALID_PARAMETER_VALUE'],
  too_many_requests: [429, 'REQUEST_LIMIT_EXCEEDED'],
  method_not_allowed: [404, 'ENDPOINT_NOT_FOUND'],
  not_supported: [501, 'NOT_IMPLEMENTED'],
  unavailable: [503, 'TEMPORARILY_UNAVAILABLE'],
  internal: [500, 'INTERNAL_ERROR'],
};

/** By reason, where the reason says more than the code. */
const byReason: { readonly [reason: string]: WireError } = {
  entity_exists: [400, 'RESOURCE_ALREADY_EXISTS'],
  no_endpoint: [404, 'ENDPOINT_NOT_FOUND'],
  no_route: [404, 'ENDPOINT_NOT_FOUND'],
};

const classOf = (errorCode: string): string =>
  errorCode === 'RESOURCE_DOES_NOT_EXIST' ? 'RESOURCE_NOT_FOUND' : errorCode;

/** What is missing, in the words of MLflow's clients and tests. */
const missing: { readonly [entity: string]: (detail: ErrorDetail) => string } = {
  run: ({ run_id: id }) => `Run with id=${id} not found`,
  run_tag: ({ key, run_id: id }) => `No tag with name: ${key} in run with id ${id}`,
  experiment_tag: ({ key, resource_id: id }) =>
    `No tag with name: ${key} in experiment with id ${id}`,
  workspace: ({ name }) => `Workspace '${name}' not found`,
  trace: ({ trace_id: id }) => `Trace with ID '${id}' not found.`,
  trace_tag: ({ key, trace_id: id }) => `No trace tag with key '${key}' for trace with ID '${id}'`,
  assessment: ({ assessment_id: id, trace_id: trace }) =>
    `Assessment with ID '${id}' not found for trace '${trace}'`,
  logged_model: ({ model_id: id }) => `Logged model with ID '${id}' not found.`,
  logged_model_tag: ({ key, model_id: id }) =>
    `No tag with key '${key}' found for model with ID '${id}'.`,
  registered_model: ({ name }) => `Registered Model with name=${name} not found`,
  model_version: ({ name, version }) =>
    `Model Version (name=${name}, version=${version}) not found`,
  latest_version: ({ name }) => `Latest version not found for model ${name}.`,
  experiment: ({ name, resource_id: id }) =>
    name === undefined
      ? `No Experiment with id=${id} exists`
      : `Could not find experiment with name '${name}'`,
};

function messageOf({ code, reason, detail, message }: AppError): string {
  if (reason === 'invalid_value') {
    return `Invalid value ${shown(detail.value)} for parameter '${detail.path}' supplied: ${message}`;
  }
  if (reason === 'invalid_cursor') return `Invalid page token. ${message}`;
  const { entity } = detail;
  if (code !== 'not_found' || typeof entity !== 'string') return message;
  return Object.hasOwn(missing, entity) ? (missing[entity]?.(detail) ?? message) : message;
}

/** Where a filter does not parse, for pages that show it: 0-based, in UTF-16 code units. */
const placeOf = ({ reason, detail: { position } }: AppError): object =>
  reason === 'filter' && typeof position === 'number' ? { error_position: position } : {};

/** Headers of every answer. */
export const HEADERS = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
} as const;

/** What MLflow's clients read of an error. */
export function wireError(error: AppError) {
  const [status, errorCode] = byReason[error.reason] ?? wire[error.code];
  const headers = new Headers(HEADERS);
  if (error.retryAfter !== undefined) headers.set('retry-after', String(error.retryAfter));
  // Not Basic: browsers would ask people who are signed in by a cookie.
  if (status === 401) headers.set('www-authenticate', 'Bearer realm="mlflow"');
  const body = {
    error_code: errorCode,
    message: messageOf(error),
    sqlstate: status < 500 ? 'KAM00' : 'XXM00',
    error_class: classOf(errorCode),
    ...placeOf(error),
  };
  return { status, headers, body };
}

/** An error as GraphQL's clients read it, too. */
export const graphqlError = <T extends { readonly message: string }>(body: T) => ({
  ...body,
  data: null,
  errors: [{ message: body.message }],
});

const IS_GRAPHQL = /^\/graphql\/?$/;

/** An error in the words of MLflow's REST API, and where it must be in those of GraphQL. */
export function errorResponse(error: AppError, request: Request): Response {
  const { body, ...init } = wireError(error);
  const isGraphql = IS_GRAPHQL.test(new URL(request.url).pathname);
  return new Response(toJson(isGraphql ? graphqlError(body) : body), init);
}
