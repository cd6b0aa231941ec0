import { expect, test } from 'vitest';
import { apiError } from '../../../functions/web/app/data/api-error.ts';
import { plainMessage, refusalOf } from '../../../functions/web/app/pages/account/refusals.ts';

const error = (answer: unknown, headers = {}) =>
  apiError(new Response(null, { status: 400, headers }), answer);

test('what is said of fields is the message, and stands at its field', () => {
  const refused = error({ errors: { username: ['Too long.', 'No colon.'], email: ['Missing.'] } });
  expect(refused.message).toBe('username: Too long. No colon. email: Missing.');
  expect(refusalOf(refused, 'username')).toBe('Too long. No colon.');
  expect(refusalOf(refused, 'password')).toBeUndefined();
});

test('a name that is taken is said at the name, without the word of the status', () => {
  const taken = error({
    error: 'EntityExistsError',
    message: 'Conflict - The username is taken.',
    detail: { entity_attributes: { username: 'ada' } },
  });
  expect(refusalOf(taken, 'username')).toBe('The username is taken.');
  expect(refusalOf(taken, 'email')).toBeUndefined();
  expect(plainMessage(taken)).toBe('The username is taken.');
});

test('a wait is read where it is one', () => {
  expect(error({}, { 'retry-after': '12' }).retryAfter).toBe(12);
  expect(error({}, { 'retry-after': 'soon' }).retryAfter).toBeUndefined();
  expect(plainMessage(new TypeError('fetch'))).toMatch(/not reached/);
});
