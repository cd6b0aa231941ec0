import { describe, expect, it } from 'vitest';
import { type Past, type RetryPolicy, retrying, TryAgain } from '#aws/retry.ts';

const policy: RetryPolicy = { attempts: 4, firstDelayMs: 1, longestDelayMs: 4, budgetMs: 1000 };

const throttled = Object.assign(new Error('x'), { name: 'ThrottlingException' });
const lost = Object.assign(new Error('x'), { code: 'ECONNRESET' });
const refused = Object.assign(new Error('x'), {
  name: 'AccessDeniedException',
  $metadata: { httpStatusCode: 400 },
});

/** Fails with each of `errors`, then answers. */
const failing = (errors: readonly unknown[]) => {
  let calls = 0;
  const attempt = async () => {
    const error = errors[calls];
    calls += 1;
    if (error !== undefined) throw error;
    return 'done';
  };
  return { attempt, calls: () => calls };
};

describe('retrying', () => {
  it('goes on until there is an answer', async () => {
    const { attempt, calls } = failing([throttled, lost, new TryAgain()]);

    expect(await retrying(policy, attempt)).toBe('done');
    expect(calls()).toBe(4);
  });

  it('gives up after the last attempt', async () => {
    const { attempt, calls } = failing([throttled, throttled, throttled, throttled]);

    await expect(retrying(policy, attempt)).rejects.toMatchObject({ code: 'unavailable' });
    expect(calls()).toBe(4);
  });

  it('does not start again once its time is up', async () => {
    const { attempt, calls } = failing([lost]);

    const tried = retrying({ ...policy, budgetMs: -1 }, attempt);

    await expect(tried).rejects.toMatchObject({ code: 'unavailable', retryAfter: 1 });
    expect(calls()).toBe(1);
  });

  it('does not repeat what cannot succeed', async () => {
    const { attempt, calls } = failing([refused]);

    await expect(retrying(policy, attempt)).rejects.toMatchObject({ code: 'internal' });
    expect(calls()).toBe(1);
  });

  it.each([
    ['nothing was done by throttled calls', [throttled, throttled], false],
    ['something may have been done by a lost one', [lost, throttled], true],
    [
      'something may have been done where the SDK retried',
      [Object.assign(new Error('x'), { name: 'Throttling', $metadata: { attempts: 2 } })],
      true,
    ],
  ])('remembers that %s', async (_title, errors, unknown) => {
    const past: Past = { unknown: false };

    await retrying(policy, failing(errors).attempt, past);

    expect(past.unknown).toBe(unknown);
  });
});
