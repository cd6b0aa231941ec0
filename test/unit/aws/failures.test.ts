import { describe, expect, it } from 'vitest';
import { failureKind, toAppError, validationError } from '#aws/failures.ts';
import { TryAgain } from '#aws/retry.ts';
import { conflict } from '#kernel/errors.ts';

const failed = (name: string, status?: number, message = 'secret') =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status, attempts: 1 } });

describe('failureKind', () => {
  it.each([
    ['a throttled call', failed('ThrottlingException', 400), 'refused-early'],
    ['a busy bucket', failed('SlowDown', 503), 'refused-early'],
    ['too many requests', failed('Whatever', 429), 'refused-early'],
    ['a clock that is wrong', failed('RequestTimeTooSkewed', 403), 'refused-early'],
    ['a server error', failed('InternalServerError', 500), 'unknown'],
    ['a connection that was cut', Object.assign(new Error(), { code: 'ECONNRESET' }), 'unknown'],
    ['a timeout', failed('TimeoutError'), 'unknown'],
    ['a parser that met half an answer', new SyntaxError('secret'), 'unknown'],
    ['a call that is not allowed', failed('AccessDeniedException', 400), 'final'],
    ['a mistake of ours', new TypeError('secret'), 'final'],
    ['a failure in our own words', conflict('taken', 'It is taken.'), 'final'],
    ['what is no error', 'secret', 'unknown'],
    ['nothing', undefined, 'unknown'],
  ])('of %s', (_title, error, kind) => {
    expect(failureKind(error)).toBe(kind);
  });
});

describe('toAppError', () => {
  it.each([
    [failed('ThrottlingException', 400), 'unavailable'],
    [failed('TimeoutError'), 'unavailable'],
    [failed('ResourceNotFoundException', 400), 'internal'],
    [failed('ValidationException', 400, 'secret rule'), 'internal'],
    [failed('ValidationException', 400, 'Item size has exceeded the maximum'), 'too_large'],
    [failed('ValidationException', 400, 'Nesting Levels have exceeded the limits'), 'invalid'],
  ])('%s is %s, with the cause for the log only', (error, code) => {
    const translated = toAppError(error);

    expect(translated).toMatchObject({ name: 'AppError', code, cause: error });
    expect(`${translated.message}${JSON.stringify(translated.detail)}`).not.toContain('secret');
  });

  it.each([
    [failed('ThrottlingException', 400), true],
    [failed('Whatever', 429), true],
    [new TryAgain('of a batch', { throttled: true }), true],
    [new TryAgain('in conflict'), undefined],
    [failed('TimeoutError'), undefined],
    [failed('TransactionConflictException', 400), undefined],
  ])('tells whether %s is for the rate alone', (error, throttled) => {
    expect(toAppError(error).detail.throttled).toBe(throttled);
    expect(toAppError(error).retryAfter).toBe(1);
  });

  it('leaves our own failures alone', () => {
    const own = conflict('taken', 'It is taken.');

    expect(toAppError(own)).toBe(own);
  });

  // As DynamoDB words them (first) and as its local versions do.
  it.each([
    ['Item size to update has exceeded the maximum allowed size', 'too_large', 'item_too_large'],
    ['Transaction request size exceeded the maximum', 'too_large', 'item_too_large'],
    [
      'An operand in the update expression has an incorrect data type',
      'invalid',
      'attribute_of_other_type',
    ],
    ['The provided starting key is outside query boundaries', 'invalid', 'position_elsewhere'],
    ['Number overflow. Attempting to store a number', 'invalid', 'number_out_of_range'],
    [
      'One or more parameter values were invalid: Type mismatch for Index Key',
      'invalid',
      'attribute_unsupported',
    ],
  ])('reads: %s', (message, code, reason) => {
    expect(validationError(new Error('x'), message)).toMatchObject({ code, reason });
  });
});
