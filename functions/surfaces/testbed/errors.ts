import type * as z from 'zod';
import { type AppError, type ErrorCode, invalid } from '#kernel/errors.ts';
import { jobUuid } from './names.ts';

/** The errors that the original has names for: a status, and what each says first. */
export const namedErrors = {
  ExperimentAlreadyExistsError: [400, 'The experiment exists already.'],
  ExperimentDoesNotExistError: [404, 'There is no such experiment.'],
  ExperimentRegistrationError: [400, 'The experiment was not registered.'],
  JobDoesNotExistError: [404, 'There is no such job.'],
  JobSubmissionError: [400, 'The job was not submitted.'],
  JobWorkflowUploadError: [503, 'The workflow of the job was not stored.'],
  QueueAlreadyExistsError: [400, 'The queue exists already.'],
  QueueDoesNotExistError: [404, 'There is no such queue.'],
  QueueLockedError: [403, 'The queue is locked.'],
  QueueRegistrationError: [400, 'The queue was not registered.'],
  TaskPluginAlreadyExistsError: [400, 'The task plugin exists already.'],
  TaskPluginDoesNotExistError: [404, 'There is no such task plugin.'],
  TaskPluginUploadError: [400, 'The task plugin was not registered.'],
  UsernameNotAvailableError: [400, 'The username or the address is taken.'],
  UserDoesNotExistError: [404, 'There is no such user.'],
  UserRegistrationError: [400, 'The user was not registered.'],
} as const satisfies { readonly [name: string]: readonly [status: number, says: string] };

export type NamedError = keyof typeof namedErrors;

/** What a resource of the API calls what can go wrong with it. */
interface Names {
  readonly missing: NamedError;
  readonly taken?: NamedError;
  readonly refused: NamedError;
}

const namesAt: { readonly [resource: string]: Names } = {
  experiment: {
    missing: 'ExperimentDoesNotExistError',
    taken: 'ExperimentAlreadyExistsError',
    refused: 'ExperimentRegistrationError',
  },
  job: { missing: 'JobDoesNotExistError', refused: 'JobSubmissionError' },
  queue: {
    missing: 'QueueDoesNotExistError',
    taken: 'QueueAlreadyExistsError',
    refused: 'QueueRegistrationError',
  },
  taskPlugin: {
    missing: 'TaskPluginDoesNotExistError',
    taken: 'TaskPluginAlreadyExistsError',
    refused: 'TaskPluginUploadError',
  },
  user: {
    missing: 'UserDoesNotExistError',
    taken: 'UsernameNotAvailableError',
    refused: 'UserRegistrationError',
  },
};

/** Reasons of the domain that have a name of their own here, whatever was asked. */
const byReason: { readonly [reason: string]: NamedError } = {
  workflow_storage: 'JobWorkflowUploadError',
};

const statusOf: { readonly [code in ErrorCode]: number } = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  deleted: 404,
  locked: 403,
  precondition_failed: 412,
  unprocessable: 422,
  too_large: 413,
  too_many_requests: 429,
  method_not_allowed: 405,
  not_supported: 501,
  unavailable: 503,
  internal: 500,
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
  429: 'Too Many Requests',
  501: 'Not Implemented',
  503: 'Service Unavailable',
};

const ENTITIES: { readonly [resource: string]: readonly string[] } = {
  experiment: ['experiment'],
  job: ['job', 'workflow'],
  queue: ['queue'],
  taskPlugin: ['plugin'],
  user: ['user'],
};

/** Nothing of these was done, for whatever reason in what was sent. */
const isRefusal = ({ code, reason }: AppError): boolean =>
  (code === 'invalid' && reason !== 'mask_parse') || code === 'unprocessable';

interface Call {
  readonly method: string;
  readonly resource: string;
  /** What of the resource: '' is all of it. */
  readonly which: string;
}

function callOf({ url, method }: Request): Call {
  const [, , resource = '', which = ''] = new URL(url).pathname.split('/');
  return { method, resource, which };
}

/** Whether something is to be made or changed; of jobs only what submits them. */
const isToBeMade = ({ method, resource, which }: Call): boolean =>
  resource === 'job'
    ? method === 'POST' && ['', 'workflowUpload'].includes(which)
    : method === 'POST' || method === 'PUT';

/** The name of what went wrong with a call of the resource, if it has one. */
function nameOf(error: AppError, call: Call): NamedError | undefined {
  const { resource } = call;
  const names = namesAt[resource];
  const own = byReason[error.reason];
  if (own !== undefined || names === undefined) return own;
  const isMissing = error.code === 'not_found' || error.code === 'deleted';
  const isSubmission = resource === 'job' && isToBeMade(call);
  if (isMissing && ENTITIES[resource]?.includes(String(error.detail.entity))) return names.missing;
  // What a job is submitted with, rather than asked for.
  if (isSubmission && (isMissing || error.reason === 'queue_locked')) return names.refused;
  if (error.reason === 'queue_locked') return 'QueueLockedError';
  if (error.reason === 'entity_exists' || error.reason === 'user_exists') return names.taken;
  if (error.reason === 'registration_closed' || error.reason === 'invitation_invalid')
    return names.refused;
  return isRefusal(error) && isToBeMade(call) ? names.refused : undefined;
}

/** What the framework answers rather than a rule: a bare message. */
const isBare = ({ code, reason }: AppError): boolean =>
  code === 'internal' ||
  code === 'method_not_allowed' ||
  ['no_route', 'mask_parse'].includes(reason);

const MAX_ISSUES = 10;

/** The gateway of a deployment refuses large forms in its own words; this is for whoever meets ours. */
const SMALLER =
  'An archive has at most 104857600 bytes (100 MiB). One that a form is too small for goes to the store by ' +
  'itself: POST /api/job/workflowUpload with its filename and size answers where to PUT it; then submit ' +
  'the job with workflow_upload in the place of workflow.';

/** What the domain says in numbers of jobs, which nobody has met here, or of a name that leads nowhere. */
function saidOf({ code, reason, detail, message }: AppError): string {
  const { ids_not_found: lost, entity, name } = detail;
  if (reason === 'job_dependency' && Array.isArray(lost)) {
    const uuids = lost.slice(0, MAX_ISSUES).map((id) => jobUuid(Number(id)));
    return `depends_on: there is no job ${uuids.join(', ')} in the group.`;
  }
  if (code !== 'not_found' || typeof name !== 'string') return message;
  return `There is no ${String(entity).replaceAll('_', ' ')} with the name "${name.slice(0, 100)}".`;
}

function messageOf(
  error: AppError,
  status: number,
  { named, resource }: { readonly named: NamedError | undefined; readonly resource: string },
): string {
  const phrase = phrases[status] ?? 'Error';
  if (named === undefined) {
    const isArchive = error.reason === 'too_many_bytes' && resource === 'job';
    return `${phrase} - ${saidOf(error)}${isArchive ? ` ${SMALLER}` : ''}`;
  }
  const [, says] = namedErrors[named];
  const isAll = error.code === 'not_found' && named.endsWith('DoesNotExistError');
  return `${phrase} - ${says}${isAll ? '' : ` ${saidOf(error)}`}`;
}

/** An error as the original's clients know it: a status, and a message that begins with its phrase. */
export function testbedError(error: AppError, request: Request): Response {
  const call = callOf(request);
  const { resource } = call;
  const named = isBare(error) ? undefined : nameOf(error, call);
  const status = named === undefined ? statusOf[error.code] : namedErrors[named][0];
  const message = isBare(error) ? error.message : messageOf(error, status, { named, resource });
  const headers = new Headers({ 'cache-control': 'no-store' });
  if (error.retryAfter !== undefined) headers.set('retry-after', String(error.retryAfter));
  return Response.json({ message }, { status, headers });
}

const wording = (issue: z.core.$ZodIssue): string => {
  // A file's own rule tells of one that is not there, too.
  const isOfType = ['invalid_type', 'invalid_union', 'custom'].includes(issue.code);
  const isMissing = isOfType && 'input' in issue && issue.input === undefined;
  const field = issue.path.map(String).join('.').slice(0, 100);
  return `${field === '' ? 'body' : field}: ${isMissing ? 'is required' : issue.message}`;
};

/** Problems with the fields of a form, each with its name. */
export const invalidForm = (_place: unknown, issues: readonly z.core.$ZodIssue[]): AppError =>
  invalid('input', issues.slice(0, MAX_ISSUES).map(wording).join('; '));

export const invalidText = (message: string): AppError => invalid('input', message);
