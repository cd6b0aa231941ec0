import { setTimeout as sleep } from 'node:timers/promises';
import { factsOf, failureKind, toAppError } from './failures.ts';

export interface RetryPolicy {
  /** Calls at most, the first included. */
  readonly attempts: number;
  /** Longest wait before the second call; doubles from call to call. */
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** No further call starts once so much time has passed. */
  readonly budgetMs: number;
}

/** All waits together are at most 2.6 s, well within the 30 s of a request. */
export const DEFAULT_RETRY: RetryPolicy = {
  attempts: 7,
  firstDelayMs: 50,
  longestDelayMs: 1000,
  budgetMs: 6000,
};

/** What earlier calls of the same operation left open. */
export interface Past {
  /** An earlier call may have taken effect although it failed. */
  unknown: boolean;
}

/** Thrown by an attempt to ask for another one although nothing failed (unprocessed rest). */
export class TryAgain extends Error {
  constructor(message = '', options: ErrorOptions & { readonly throttled?: boolean } = {}) {
    super(message, options);
    // As the store names what it refuses whole.
    if (options.throttled === true) this.name = 'ThrottlingException';
  }
}

// Half of the wait is fixed and half random: colliding callers part without hammering the store.
const delayBefore = (call: number, policy: RetryPolicy): number => {
  const longest = Math.min(policy.longestDelayMs, policy.firstDelayMs * 2 ** (call - 1));
  return longest * (0.5 + Math.random() / 2);
};

/**
 * Calls `attempt` until it answers, fails for good, or the policy is used up; throws `AppError`
 * only. `past` tells whether an earlier call may have taken effect, also after the last one.
 */
export async function retrying<T>(
  policy: RetryPolicy,
  attempt: () => Promise<T>,
  past: Past = { unknown: false },
): Promise<T> {
  const started = performance.now();
  for (let call = 1; ; call += 1) {
    try {
      return await attempt();
    } catch (error) {
      const kind = error instanceof TryAgain ? 'refused-early' : failureKind(error);
      // More than one attempt inside the SDK: one before the last may have taken effect.
      past.unknown ||= kind === 'unknown' || factsOf(error).attempts > 1;
      const usedUp = call >= policy.attempts || performance.now() - started > policy.budgetMs;
      if (kind === 'final' || usedUp) throw toAppError(error);
      await sleep(delayBefore(call, policy));
    }
  }
}
