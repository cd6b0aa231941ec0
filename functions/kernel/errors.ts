/**
 * The closed vocabulary of failures. Domain and adapters throw only these; each dialect maps
 * code and reason to its own wire shape, and anything else becomes an `internal` that leaks
 * nothing.
 */
export type ErrorCode =
  | 'invalid' // the input breaks a rule
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict' // it exists already, or another write won
  | 'deleted' // it is there, but deleted
  | 'locked'
  | 'precondition_failed'
  | 'unprocessable' // a query that does not parse
  | 'too_large'
  | 'too_many_requests'
  | 'method_not_allowed'
  | 'not_supported'
  | 'unavailable'
  | 'internal';

/** Facts about a failure, safe to show to the caller. */
export type ErrorDetail = { readonly [name: string]: unknown };

export class AppError extends Error {
  readonly code: ErrorCode;
  /** Finer than `code`: a stable snake_case word, e.g. `entrypoint_not_registered`. */
  readonly reason: string;
  readonly detail: ErrorDetail;
  /** Seconds after which a retry makes sense. */
  readonly retryAfter: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      readonly reason?: string;
      readonly detail?: ErrorDetail;
      readonly retryAfter?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.reason = options.reason ?? code;
    this.detail = options.detail ?? {};
    this.retryAfter = options.retryAfter;
  }
}

/** Bad input: `reason` names the rule, `message` the field and the fix. */
export const invalid = (reason: string, message: string, detail?: ErrorDetail): AppError =>
  new AppError('invalid', message, detail === undefined ? { reason } : { reason, detail });

/** `entity` is the domain's name of the kind; `lookup` what was asked for. */
export const notFound = (entity: string, lookup: ErrorDetail): AppError =>
  new AppError(
    'not_found',
    `No ${entity.replaceAll('_', ' ')} was found that matches the request.`,
    {
      reason: 'entity_not_found',
      detail: { entity, ...lookup },
    },
  );

/** What a search for one thing gives; `undefined` where it throws `not_found`. */
export async function ifThere<T>(find: Promise<T>): Promise<T | undefined> {
  try {
    return await find;
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return undefined;
    throw error;
  }
}

export const conflict = (reason: string, message: string, detail?: ErrorDetail): AppError =>
  new AppError('conflict', message, detail === undefined ? { reason } : { reason, detail });

export const forbidden = (message: string, reason = 'forbidden'): AppError =>
  new AppError('forbidden', message, { reason });

/** What was sent is too large as a whole: less of it, or another way to send it, would help. */
export const tooManyBytes = (message: string): AppError =>
  new AppError('too_large', message, { reason: 'too_many_bytes' });

/** `detail.throttled` where it was refused for the rate of calls alone. */
export const unavailable = (message: string, cause?: unknown, detail: ErrorDetail = {}): AppError =>
  new AppError('unavailable', message, { retryAfter: 1, cause, detail });

/** Whether what failed so may have been done: the store may have lost its answer. */
export const isUndecided = (error: unknown): boolean =>
  error instanceof AppError && error.reason === 'unavailable';
