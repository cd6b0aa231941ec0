import { AppError, unavailable } from '#kernel/errors.ts';

/**
 * What a failed call to AWS says about its effect:
 * `refused-early` nothing was done and a retry may succeed (throttled, in conflict, clock skew),
 * `unknown` it may have been done (answer lost, timeout, server error),
 * `final` nothing was done and a retry would not help.
 */
export type FailureKind = 'refused-early' | 'unknown' | 'final';

const THROTTLED: readonly string[] = [
  'ThrottlingException',
  'ThrottledException',
  'Throttling',
  'RequestThrottled',
  'RequestThrottledException',
  'TooManyRequestsException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'SlowDown',
];

const REFUSED_EARLY = new Set([
  ...THROTTLED,
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

/** Whether it was refused for the rate of calls alone. */
const isThrottle = (error: unknown): boolean =>
  isNamed(error, ...THROTTLED) || factsOf(error).status === 429;

/** The head of an answer came and its body could not be read: the SDK then gives the cause as it is. */
const isUnread = (error: unknown): boolean =>
  error instanceof SyntaxError ||
  (isObject(error) && typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code));

export function failureKind(error: unknown): FailureKind {
  if (error instanceof AppError) return 'final';
  const { name, status } = factsOf(error);
  if (REFUSED_EARLY.has(name) || status === 429) return 'refused-early';
  if (status !== undefined && status >= 400 && status < 500) {
    // Of a refusal whose text broke off the next answer tells what is wrong.
    return isUnread(error) ? 'refused-early' : 'final';
  }
  // A mistake of ours before anything was sent; everything else without a status is the network.
  if (error instanceof TypeError || error instanceof RangeError) return 'final';
  return 'unknown';
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '');

// What only the store can tell, since it depends on the item as it is or on its index keys.
const BROKEN_RULES: readonly (readonly [pattern: RegExp, reason: string, message: string])[] = [
  [/number overflow|number underflow/i, 'number_out_of_range', 'The sum is out of range.'],
  [/nesting level/i, 'nesting_too_deep', 'The value is nested too deeply.'],
  [/starting key|start ?key/i, 'position_elsewhere', 'The position does not belong to this query.'],
  [
    /incorrect data type|incorrect operand type/i,
    'attribute_of_other_type',
    'The attribute to change is of another type.',
  ],
  [
    /one or more parameter values/i,
    'attribute_unsupported',
    'An attribute has a value that it cannot have.',
  ],
];

/** What DynamoDB means by a request that it calls invalid; `message` is its explanation. */
export function validationError(error: unknown, message: string): AppError {
  if (/size/i.test(message) && /exceed|larger|maximum/i.test(message)) {
    return new AppError('too_large', 'An item or the whole of what is written is too large.', {
      reason: 'item_too_large',
      cause: error,
    });
  }
  const rule = BROKEN_RULES.find(([pattern]) => pattern.test(message));
  if (rule === undefined) return internal(error);
  return new AppError('invalid', rule[2], { reason: rule[1], cause: error });
}

const internal = (cause: unknown): AppError =>
  new AppError('internal', 'The store refused the request.', { cause });

/** The port's failure for whatever the SDK threw; its text stays in `cause`, for the log only. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isNamed(error, 'ValidationException')) return validationError(error, messageOf(error));
  if (failureKind(error) === 'final') return internal(error);
  return isThrottle(error)
    ? unavailable('The store takes no more requests for the moment.', error, { throttled: true })
    : unavailable('The store is out of reach for the moment.', error);
}
