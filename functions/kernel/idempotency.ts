import { createHash } from 'node:crypto';
import { AppError, conflict, type ErrorDetail, invalid } from './errors.ts';
import { key, prefix, ttlOf } from './keys.ts';
import {
  type Attribute,
  any,
  compare,
  type Item,
  itemMissing,
  type Key,
  put,
  update,
  type Write,
} from './table.ts';
import type { Touched } from './trail.ts';

const DAY = 24 * 60 * 60 * 1000;
/** So long a key stands for one call. */
export const KEY_LIFE_MS = DAY;
/** No call works longer: one that has no answer after so long will never have one. */
const LONGEST_CALL_MS = 60_000;
/** Longer answers are not kept for those who ask again. */
export const MAX_KEPT_BYTES = 128 * 1024;

/** A caller's key for one call, and what it is good for: the same key elsewhere is another. */
export interface CallKey {
  readonly principal: string;
  readonly operation: string;
  readonly path: string;
  readonly text: string;
}

/** Why a call that was done has no answer for those who ask again. */
type NoAnswer = 'secret' | 'too_large' | 'failed' | 'not_json';

/** The call that a key stands for. */
export interface KeptCall {
  /** Tells it from a later call of the same key. */
  readonly call: string;
  readonly startedOn: number;
  readonly expiresOn: number;
  /** Of what was asked for; none where that may hold a secret. */
  readonly inputHash?: string | undefined;
  readonly touched: readonly Touched[];
  readonly groupId?: number | undefined;
  /** The answer as JSON, once there is one. */
  readonly answer?: string;
  /** The version that the answer shows. */
  readonly tag?: string | undefined;
  readonly noAnswer?: NoAnswer | undefined;
}

const KEY = /^[\x20-\x7e]{1,64}$/;

/** Throws `invalid` (`malformed_header`). */
export function requireCallKey(header: string, text: string): string {
  if (KEY.test(text)) return text;
  throw invalid('malformed_header', `${header}: use 1 to 64 printable ASCII characters.`);
}

/** Paths, names and keys may be long, and partitions are to be spread: so it is a hash. */
export const keptCallKey = ({ principal, operation, path, text }: CallKey): Key => {
  const scope = JSON.stringify([principal, operation, path, text]);
  const hash = createHash('sha256').update(scope).digest('base64url');
  return key(`${prefix.keptCall}#${hash}`, 'CALL');
};

export const readKeptCall = (item: Item): KeptCall => item as unknown as KeptCall;

/** Refused while another call has the key. */
export const keepCallWrite = (at: Key, kept: KeptCall): Write =>
  put(
    { ...at, ...(kept as unknown as Record<string, Attribute>), ttl: ttlOf(kept.expiresOn) },
    any(itemMissing, compare('expiresOn', '<=', kept.startedOn)),
  );

export const keepAnswerWrite = (
  at: Key,
  call: string,
  answer: Pick<KeptCall, 'answer' | 'tag' | 'noAnswer' | 'groupId'>,
): Write => update(at, { set: answer }, compare('call', '=', call));

const WHY: { readonly [reason in NoAnswer]: string } = {
  secret: 'its answer may hold a secret, which is shown once',
  too_large: 'its answer was too long to be kept',
  failed: 'it failed before it had an answer',
  not_json: 'its answer is of no kind that is kept',
};

const done = ({ touched }: KeptCall): ErrorDetail => ({
  changed: touched.map(({ entity, lookup }) => ({ entity_type: entity, ...lookup })),
});

/** Throws `unprocessable` (`idempotency_mismatch`). */
export function requireSameInput(kept: KeptCall, inputHash: string | undefined): void {
  if (kept.inputHash === inputHash) return;
  throw new AppError(
    'unprocessable',
    'The key stands for another call: with other input it must be another key.',
    { reason: 'idempotency_mismatch' },
  );
}

/**
 * Why a call that asks again gets no answer. Throws `unprocessable` (`idempotency_mismatch`),
 * `conflict` (`idempotency_in_progress`, `idempotency_no_answer`).
 */
export function requireAnswer(kept: KeptCall, inputHash: string | undefined, now: number): void {
  requireSameInput(kept, inputHash);
  if (kept.answer !== undefined) return;
  if (kept.noAnswer === undefined && now < kept.startedOn + LONGEST_CALL_MS) {
    throw new AppError('conflict', 'The call of this key is not answered yet; ask again.', {
      reason: 'idempotency_in_progress',
      retryAfter: 1,
    });
  }
  const why = kept.noAnswer === undefined ? 'its answer was lost' : WHY[kept.noAnswer];
  throw conflict(
    'idempotency_no_answer',
    `The call of this key was done, but ${why}. Look at what it changed; to do it once more, use another key.`,
    done(kept),
  );
}
