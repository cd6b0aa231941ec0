import { setTimeout as wait } from 'node:timers/promises';

export interface RetryPolicy {
  /** How often a call is tried in all. */
  readonly attempts: number;
  readonly baseMs: number;
  readonly capMs: number;
}

export const PATIENT: RetryPolicy = { attempts: 6, baseMs: 250, capMs: 8_000 };
/** For bytes of a job: an outage of two minutes is no reason to fail it. */
export const LONG: RetryPolicy = { attempts: 20, baseMs: 250, capMs: 8_000 };
export const BRIEF: RetryPolicy = { attempts: 3, baseMs: 200, capMs: 1_000 };
/** For what must arrive: ends only with its signal. */
export const ENDLESS: RetryPolicy = {
  attempts: Number.POSITIVE_INFINITY,
  baseMs: 250,
  capMs: 5_000,
};

const LONGEST_RETRY_AFTER_MS = 60_000;

export class HttpFailure extends Error {
  /** Without a status nothing was answered. */
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    options: {
      readonly status?: number | undefined;
      readonly retryAfterMs?: number | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'HttpFailure';
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** A failure that repeating the call may cure. */
export const isPassing = ({ status }: HttpFailure): boolean =>
  status === undefined || status === 408 || status === 425 || status === 429 || status >= 500;

/** Seconds or a date, as RFC 9110 has it. */
export function retryAfterMs(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS);
}

/** The failure that an answer tells; its body is not shown, it may be anything. */
export const failureOf = (what: string, answer: Response): HttpFailure =>
  new HttpFailure(`${what} was answered with HTTP ${answer.status}`, {
    status: answer.status,
    retryAfterMs: retryAfterMs(answer.headers.get('retry-after'), Date.now()),
  });

/** A signal that comes after so long, or never once it is over. */
export interface Limit {
  readonly signal: AbortSignal;
  over(): void;
}

/** For what may take long but seldom does: the platform's own timeouts stay in memory to their end. */
export function timeLimit(ms: number): Limit {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), ms);
  timer.unref();
  return { signal: late.signal, over: () => clearTimeout(timer) };
}

/** `fetch` whose failures to get any answer are `HttpFailure`s, unless `signal` asked for the end. */
export async function request(
  what: string,
  url: string | URL,
  /** `timeout`: milliseconds, or what tells that they are over. */
  init: RequestInit & { readonly timeout: number | AbortSignal },
  signal: AbortSignal | undefined,
): Promise<Response> {
  const { timeout, ...rest } = init;
  const late = typeof timeout === 'number' ? AbortSignal.timeout(timeout) : timeout;
  const either = signal === undefined ? late : AbortSignal.any([late, signal]);
  try {
    return await fetch(url, { redirect: 'manual', ...rest, signal: either });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new HttpFailure(`${what} got no answer`, { cause });
  }
}

/** Repeats `attempt` (numbered from 1) while it fails in passing; waits longer each time, with jitter. */
export async function retrying<T>(
  policy: RetryPolicy,
  signal: AbortSignal | undefined,
  attempt: (number: number) => Promise<T>,
): Promise<T> {
  for (let number = 1; ; number += 1) {
    signal?.throwIfAborted();
    try {
      return await attempt(number);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof HttpFailure) || !isPassing(error)) throw error;
      if (number >= policy.attempts) throw error;
      await pause(policy, number, error.retryAfterMs, signal);
    }
  }
}

async function pause(
  { baseMs, capMs }: RetryPolicy,
  number: number,
  asked: number | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const longest = Math.min(capMs, baseMs * 2 ** Math.min(number - 1, 20));
  // At least half of it: several workers must not hurry back together, nor at once.
  const chosen = longest * (0.5 + Math.random() / 2);
  await wait(Math.max(chosen, asked ?? 0), undefined, signal === undefined ? {} : { signal });
}
