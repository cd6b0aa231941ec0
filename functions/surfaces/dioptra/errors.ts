import type * as z from 'zod';
import type { InputPlace } from '#http/dialect.ts';
import { AppError, type ErrorCode } from '#kernel/errors.ts';

/** Status and class of an error by its code, where its reason names no class of its own. */
const byCode: { readonly [code in ErrorCode]: readonly [number, string] } = {
  invalid: [400, 'DioptraError'],
  unauthenticated: [401, 'UserAuthenticationError'],
  forbidden: [403, 'UserPermissionError'],
  not_found: [404, 'EntityDoesNotExistError'],
  conflict: [409, 'EntityExistsError'],
  deleted: [423, 'EntityDeletedError'],
  locked: [403, 'LockError'],
  precondition_failed: [412, 'PreconditionFailedError'],
  unprocessable: [422, 'SearchParseError'],
  too_large: [413, 'ContentTooLargeError'],
  too_many_requests: [429, 'TooManyRequestsError'],
  method_not_allowed: [405, 'MethodNotAllowedError'],
  not_supported: [501, 'SearchNotImplementedError'],
  unavailable: [503, 'ServiceUnavailableError'],
  internal: [500, 'InternalServerError'],
};

/** Class of an error by its reason, where the code says too little. */
const byReason: { readonly [reason: string]: string } = {
  artifact_parameter_missing: 'JobArtifactParameterMissingError',
  artifact_parameter_mismatch: 'ArtifactParameterTypeMismatchError',
  artifact_plugin_overlap: 'ArtifactTaskPluginTaskOverlapError',
  artifact_value: 'JobArtifactValueError',
  builtin_type: 'PluginParameterTypeMatchesBuiltinTypeError',
  read_only: 'ReadOnlyLockError',
  draft_base_snapshot: 'InvalidDraftBaseResourceSnapshotError',
  draft_exists: 'DraftAlreadyExistsError',
  draft_malformed: 'MalformedDraftResourceError',
  draft_not_found: 'DraftDoesNotExistError',
  draft_outdated: 'DraftResourceModificationsCommitError',
  empty_graph: 'EmptyGraphError',
  entrypoint_invalid: 'EntrypointValidationError',
  idempotency_in_progress: 'IdempotentCallInProgressError',
  idempotency_mismatch: 'IdempotencyKeyMismatchError',
  idempotency_no_answer: 'IdempotentCallAnswerLostError',
  import_failed: 'ImportFailedError',
  invalid_python: 'InvalidPythonError',
  invitation_invalid: 'UserInvitationInvalidError',
  invalid_yaml: 'InvalidYamlError',
  invalid_cursor: 'QueryParameterValidationError',
  job_run_already_set: 'JobMlflowRunAlreadySetError',
  job_run_not_set: 'JobMlflowRunNotSetError',
  job_store: 'JobStoreError',
  job_parameter_missing: 'JobParameterMissingError',
  job_parameter_unknown: 'JobInvalidParameterNameError',
  group_permissions: 'GroupPermissionsError',
  last_owner: 'GroupNeedsOwnerError',
  missing_user: 'UserDoesNotExistError',
  job_transition: 'JobInvalidStatusTransitionError',
  job_ended: 'JobEndedError',
  job_timeout: 'JobTimeoutError',
  job_dependency: 'JobDependencyError',
  job_not_failed: 'JobNotFailedError',
  job_not_started: 'JobNotStartedError',
  job_retry: 'JobRetryPolicyError',
  queue_locked: 'QueueLockedError',
  malformed_header: 'RequestHeaderValidationError',
  not_registered: 'EntityNotRegisteredError',
  not_unique: 'InputParameterNotUniqueError',
  parameter_type_mismatch: 'EntrypointParameterTypeMismatchError',
  password_change: 'UserPasswordChangeError',
  password_mismatch: 'QueryParameterValidationError',
  plugin_overlap: 'PluginTaskArtifactTaskOverlapError',
  query_not_unique: 'QueryParameterNotUniqueError',
  query_parameter: 'QueryParameterValidationError',
  registration_closed: 'UserRegistrationClosedError',
  resource_name: 'ResourceNameError',
  run_not_found: 'MlflowRunNotFoundError',
  sort_parameter: 'SortParameterValidationError',
  swap_choice: 'SwapChoiceError',
  swaps_unresolved: 'EntrypointSwapsRenderError',
  swaps_unspecified: 'UnspecifiedSwapsError',
  task_not_found: 'PluginTaskDoesNotExistError',
  write_conflict: 'WriteConflictError',
  wrong_password: 'UserPasswordError',
};

const phrases: { readonly [status: number]: string } = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  422: 'Unprocessable Content',
  423: 'Locked',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
};

const entityDetail = ({ entity, ...rest }: { readonly [name: string]: unknown }) =>
  entity === undefined ? rest : { entity_type: entity, ...rest };

function body(error: AppError, status: number, name: string, request: Request): object {
  if (error.reason === 'input') {
    return error.detail;
  }
  const url = new URL(request.url);
  if (isFramework(error) || isPlain401(error, url)) {
    return { message: error.message };
  }
  return {
    error: name,
    message: `${phrases[status] ?? 'Error'} - ${error.message}`,
    detail: entityDetail(error.detail),
    originating_path: `${url.pathname}?${url.search.slice(1)}`,
  };
}

/** What the framework answers, not a rule of the domain: a bare message. */
const isFramework = ({ code, reason }: AppError): boolean =>
  code === 'internal' ||
  code === 'method_not_allowed' ||
  reason === 'no_route' ||
  reason === 'mask_parse';

/** Only a failed login names its class; whoever is not signed in gets a bare message. */
const isPlain401 = (error: AppError, url: URL): boolean =>
  error.code === 'unauthenticated' &&
  byReason[error.reason] === undefined &&
  !/\/auth\/login\/?$/.test(url.pathname);

/** Dioptra answers for a missing user as for one who is not signed in. */
const missingUser = new AppError('unauthenticated', 'There is no such user.', {
  reason: 'missing_user',
});
const isMissingUser = ({ code, detail }: AppError): boolean =>
  code === 'not_found' && detail.entity === 'user';

export function dioptraError(failure: AppError, request: Request): Response {
  const error = isMissingUser(failure) ? missingUser : failure;
  const [status, general] = byCode[error.code];
  const name = byReason[error.reason] ?? general;
  const headers = new Headers({ 'cache-control': 'no-store' });
  if (error.retryAfter !== undefined) headers.set('retry-after', String(error.retryAfter));
  return Response.json(body(error, status, name, request), { status, headers });
}

type Messages = { [name: string]: Messages | string[] };

/** Adds a message under its path, as nested objects by field name and index. */
function addMessage(tree: Messages, path: readonly PropertyKey[], message: string): void {
  const [head = '_schema', ...rest] = path.map(String);
  const node = Object.hasOwn(tree, head) ? tree[head] : undefined;
  if (rest.length === 0) {
    tree[head] = [...(Array.isArray(node) ? node : []), message];
    return;
  }
  const inner: Messages = node === undefined || Array.isArray(node) ? Object.create(null) : node;
  addMessage(inner, rest, message);
  tree[head] = inner;
}

/** An answer is for people, who mend what they are shown; it must not outgrow its question. */
const MAX_ISSUES = 100;
const MAX_FIELD_NAME = 200;

const wording = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_type' && 'input' in issue && issue.input === undefined
    ? 'Missing data for required field.'
    : issue.message;

/** Issues of a schema as `{errors: {field: [message]}}`; a bad name has an error class of its own. */
export function dioptraInvalidInput(
  place: InputPlace,
  issues: readonly z.core.$ZodIssue[],
): AppError {
  const [only] = issues;
  const badName = issues.length === 1 && only?.path.join('.') === 'name' && only.code === 'custom';
  if (badName) {
    return new AppError('invalid', `The name is not allowed. ${only.message}`, {
      reason: 'resource_name',
    });
  }
  const errors: Messages = Object.create(null);
  for (const issue of issues.slice(0, MAX_ISSUES)) {
    if (issue.code === 'unrecognized_keys') {
      for (const name of issue.keys.slice(0, MAX_ISSUES)) {
        addMessage(errors, [...issue.path, name.slice(0, MAX_FIELD_NAME)], 'Unknown field.');
      }
    } else addMessage(errors, issue.path, wording(issue));
  }
  const message = place === 'query' ? { message: 'Input payload validation failed' } : {};
  return new AppError('invalid', 'The input is not valid.', {
    reason: 'input',
    detail: { errors, ...message },
  });
}

export const dioptraInvalidJson = (message: string): AppError =>
  new AppError('invalid', message, {
    reason: 'input',
    detail: { message: `Failed to decode JSON object: ${message}` },
  });
