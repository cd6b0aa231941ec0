import { AppError, invalid, unavailable } from '#kernel/errors.ts';

/**
 * What a failed call to AWS says about its effect:
 * `refused-early` nothing was done and a retry may succeed (throttled, in conflict, clock skew),
 * `unknown` it may have been done (answer lost, timeout, server error),
 * `final` nothing was done and a retry would not help.
 */
export type FailureKind = 'refused-early' | 'unknown' | 'final';

const REFUSED_EARLY = new Set([
  'ThrottlingException',
  'ThrottledException',
  'Throttling',
  'RequestThrottled',
  'RequestThrottledException',
  'TooManyRequestsException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'SlowDown',
  'TransactionConflictException',
  'TransactionInProgressException',
  'ReplicatedWriteConflictException',
  // The SDK corrects its clock by the answer, so that the next signature is right.
  'RequestTimeTooSkewed',
  'RequestExpired',
  'InvalidSignatureException',
]);

interface Facts {
  readonly name: string;
  readonly status: number | undefined;
  readonly attempts: number;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined;

/** Name, HTTP status and number of attempts of whatever was thrown. */
export function factsOf(error: unknown): Facts {
  if (!isObject(error)) return { name: '', status: undefined, attempts: 1 };
  const metadata = isObject(error.$metadata) ? error.$metadata : {};
  return {
    name: typeof error.name === 'string' ? error.name : '',
    status: numberOf(metadata.httpStatusCode),
    attempts: numberOf(metadata.attempts) ?? 1,
  };
}

export const isNamed = (error: unknown, ...names: readonly string[]): boolean =>
  names.includes(factsOf(error).name);

export function failureKind(error: unknown): FailureKind {
  if (error instanceof AppError) return 'final';
  const { name, status } = factsOf(error);
  if (REFUSED_EARLY.has(name) || status === 429) return 'refused-early';
  if (status !== undefined && status >= 400 && status < 500) return 'final';
  // A mistake of ours before anything was sent; everything else without a status is the network.
  if (error instanceof TypeError || error instanceof RangeError) return 'final';
  return 'unknown';
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '');

/** What DynamoDB means by a request that it calls invalid; `message` is its explanation. */
export function validationError(error: unknown, message: string): AppError {
  if (/size/i.test(message) && /exceed|larger|maximum/i.test(message)) {
    return new AppError('too_large', 'The item is larger than 400 KB.', { cause: error });
  }
  if (/nesting level/i.test(message)) {
    return new AppError('invalid', 'The value is nested too deeply.', {
      reason: 'nested_too_deeply',
      cause: error,
    });
  }
  if (/exclusive ?start ?key|starting key/i.test(message)) {
    return invalid(
      'invalid_position',
      'The position to continue from does not belong to this query.',
    );
  }
  return internal(error);
}

const internal = (cause: unknown): AppError =>
  new AppError('internal', 'The store refused the request.', { cause });

/** The port's failure for whatever the SDK threw; its text stays in `cause`, for the log only. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isNamed(error, 'ValidationException')) return validationError(error, messageOf(error));
  return failureKind(error) === 'final'
    ? internal(error)
    : unavailable('The store is out of reach for the moment.', error);
}
