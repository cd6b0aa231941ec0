import type { AppError, ErrorCode } from '#kernel/errors.ts';
import { graphqlError, toJson, wireError } from '#surfaces/mlflow/index.ts';

/** Oracle's words for errors. The statuses are MLflow's where none is given. */
type OracleError = readonly [code: string, status?: number];

const byCode: { readonly [code in ErrorCode]: OracleError } = {
  invalid: ['InvalidParameter'],
  unauthenticated: ['NotAuthenticated'],
  forbidden: ['NotAuthorized'],
  not_found: ['NotAuthorizedOrNotFound'],
  conflict: ['IncorrectState', 409],
  deleted: ['IncorrectState'],
  locked: ['IncorrectState'],
  precondition_failed: ['NoEtagMatch'],
  unprocessable: ['InvalidParameter'],
  too_large: ['PayloadTooLarge'],
  too_many_requests: ['TooManyRequests'],
  method_not_allowed: ['NotFound'],
  not_supported: ['MethodNotImplemented'],
  unavailable: ['ServiceUnavailable'],
  internal: ['InternalServerError'],
};

const byReason: { readonly [reason: string]: OracleError } = {
  entity_exists: ['NotAuthorizedOrResourceAlreadyExists', 409],
  idempotency_mismatch: ['InvalidatedRetryToken', 409],
  idempotency_no_answer: ['InvalidatedRetryToken', 409],
  retry_token_invalidated: ['InvalidatedRetryToken', 409],
  no_endpoint: ['NotFound'],
  no_route: ['NotFound'],
};

const IS_GRAPHQL = /\/mlops\/graphql\/?$/;

/** What the store refused for its rate is the caller's to send more slowly. */
const THROTTLED: OracleError = ['TooManyRequests', 429];

/** An error as Oracle's callers read it; MLflow's clients find their words beside it. */
export function oracleError(error: AppError, request: Request): Response {
  const isThrottled = error.code === 'unavailable' && error.detail.throttled === true;
  const [code, own] = isThrottled ? THROTTLED : (byReason[error.reason] ?? byCode[error.code]);
  const { status, headers, body } = wireError(error);
  const whole = { code, ...body };
  const shown = IS_GRAPHQL.test(new URL(request.url).pathname) ? graphqlError(whole) : whole;
  return new Response(toJson(shown), { status: own ?? status, headers });
}
