import type * as z from 'zod';
import type { ApprovalRequired } from '#domain/flags/index.ts';
import { type AppError, type ErrorCode, invalid } from '#kernel/errors.ts';
import { approvalAnswer } from './approvals/change-wire.ts';

/** The four members of every error, as PostHog's API has them. */
export interface WireError {
  readonly type: string;
  readonly code: string;
  readonly detail: string;
  /** The field that is wrong, nested ones joined by `__`; null where it is no single one. */
  readonly attr: string | null;
}

type Wording = readonly [status: number, type: string, code: string, detail?: string];

const byCode: { readonly [code in ErrorCode]: Wording } = {
  invalid: [400, 'validation_error', 'invalid_input'],
  unauthenticated: [401, 'authentication_error', 'authentication_failed'],
  forbidden: [403, 'authentication_error', 'permission_denied'],
  not_found: [404, 'invalid_request', 'not_found', 'Not found.'],
  conflict: [409, 'invalid_request', 'conflict'],
  deleted: [404, 'invalid_request', 'not_found', 'Not found.'],
  locked: [409, 'invalid_request', 'locked'],
  precondition_failed: [412, 'invalid_request', 'precondition_failed'],
  unprocessable: [400, 'validation_error', 'invalid_input'],
  too_large: [413, 'invalid_request', 'too_large'],
  too_many_requests: [429, 'throttled_error', 'throttled'],
  method_not_allowed: [405, 'invalid_request', 'method_not_allowed'],
  not_supported: [501, 'invalid_request', 'not_supported'],
  unavailable: [503, 'server_error', 'unavailable'],
  internal: [500, 'server_error', 'error', 'A server error occurred.'],
};

const byReason: { readonly [reason: string]: Wording } = {
  json: [400, 'invalid_request', 'parse_error'],
  bad_credentials: [401, 'authentication_error', 'authentication_failed'],
  project: [
    403,
    'authentication_error',
    'permission_denied',
    "You don't have access to the project.",
  ],
};

const NOBODY = 'Authentication credentials were not provided.';

function wordingOf(error: AppError): Wording {
  const isOfProject = error.code === 'not_found' && error.detail.entity === 'project';
  return byReason[isOfProject ? 'project' : error.reason] ?? byCode[error.code];
}

function detailOf(error: AppError, request: Request): string {
  if (error.reason === 'scope') {
    return `API key missing required scope '${String(error.detail.scope)}'`;
  }
  if (error.code === 'method_not_allowed') return `Method "${request.method}" not allowed.`;
  const isNobody = error.code === 'unauthenticated' && error.reason === 'unauthenticated';
  return isNobody && !request.headers.has('authorization') ? NOBODY : error.message;
}

/** What an error is in PostHog's words. */
export function wireError(error: AppError, request: Request): WireError & { status: number } {
  const [status, type, code, detail] = wordingOf(error);
  const isNobody = error.code === 'unauthenticated' && error.reason === 'unauthenticated';
  const { attr, code: own } = error.detail;
  return {
    status,
    type,
    code: typeof own === 'string' ? own : isNobody ? 'not_authenticated' : code,
    detail: detail ?? detailOf(error, request),
    attr: typeof attr === 'string' ? attr : null,
  };
}

/** Some errors of the original are bodies of their own, which the domain brings along. */
function bodyOf({ reason, message, detail }: AppError): object | undefined {
  if (reason === 'approval_required') {
    return approvalAnswer(message, detail as unknown as ApprovalRequired);
  }
  return typeof detail.body === 'object' && detail.body !== null ? detail.body : undefined;
}

/** An error as PostHog's clients know it. */
export function posthogError(error: AppError, request: Request): Response {
  const { status, ...body } = wireError(error, request);
  const headers = new Headers({ 'cache-control': 'no-store' });
  if (error.retryAfter !== undefined) headers.set('retry-after', String(error.retryAfter));
  if (status === 401) headers.set('www-authenticate', 'Bearer realm="api"');
  return Response.json(bodyOf(error) ?? body, { status, headers });
}

/** A field that breaks a rule, in the words of the original; `code` is one of its framework's. */
export const invalidField = (attr: string | null, message: string, code?: string): AppError =>
  invalid('input', message, { attr, ...(code === undefined ? {} : { code }) });

const CANNOT_BE: { readonly [expected: string]: string } = {
  string: 'Not a valid string.',
  boolean: 'Must be a valid boolean.',
  int: 'A valid integer is required.',
  number: 'A valid number is required.',
  array: 'Expected a list of items.',
  object: 'Expected a dictionary of items.',
  record: 'Expected a dictionary of items.',
};

const shownInput = (input: unknown): string => String(JSON.stringify(input)).slice(0, 100);

/** Code and text of a broken rule as the original's framework has them. */
function worded(issue: z.core.$ZodIssue): readonly [code: string | undefined, text: string] {
  const input = 'input' in issue ? issue.input : undefined;
  const isOfType = ['invalid_type', 'invalid_union', 'invalid_value'].includes(issue.code);
  if (isOfType && input === undefined) return ['required', 'This field is required.'];
  if (isOfType && input === null) return ['null', 'This field may not be null.'];
  if (issue.code === 'invalid_type') {
    return [undefined, CANNOT_BE[issue.expected] ?? issue.message];
  }
  if (issue.code === 'invalid_value') {
    return ['invalid_choice', `${shownInput(input)} is not a valid choice.`];
  }
  if (issue.code === 'too_small' && issue.origin === 'string') {
    return ['blank', 'This field may not be blank.'];
  }
  if (issue.code === 'too_big' && issue.origin === 'string') {
    return ['max_length', `Ensure this field has no more than ${issue.maximum} characters.`];
  }
  return [undefined, issue.message];
}

/** The first problem of what was sent, which is the only one that is told. */
export function invalidInput(_place: unknown, issues: readonly z.core.$ZodIssue[]): AppError {
  const [first] = issues;
  if (first === undefined) return invalidField(null, 'The input is invalid.');
  const [code, text] = worded(first);
  const attr = first.path.map(String).join('__').slice(0, 200);
  return invalidField(attr === '' ? null : attr, text, code);
}

export const invalidJson = (): AppError => invalid('json', 'JSON parse error');
