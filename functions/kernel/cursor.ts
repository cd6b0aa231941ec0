import { createHmac, timingSafeEqual } from 'node:crypto';
import { AppError, invalid } from './errors.ts';

/** What a page token carries; only this module's callers read it. */
export type CursorPayload = { readonly [name: string]: unknown };

/** The longest token, in characters. */
export const MAX_CURSOR_LENGTH = 4096;

const MAC_BYTES = 16;
const MIN_SECRET_BYTES = 16;

function macOf(secret: Uint8Array, bound: string, body: Uint8Array): Buffer {
  if (secret.byteLength < MIN_SECRET_BYTES) {
    throw new AppError('internal', 'The secret of page tokens is too short.');
  }
  // JSON keeps lone surrogates apart and has no raw line end: the parts cannot run together.
  return createHmac('sha256', secret)
    .update(`cursor.v1\n${JSON.stringify(bound)}\n`)
    .update(body)
    .digest()
    .subarray(0, MAC_BYTES);
}

const refused = (): AppError =>
  invalid(
    'invalid_cursor',
    'The page token does not belong to this request: ask for the first page without a token, ' +
      'and repeat the same query with the token of each answer.',
  );

/**
 * Makes a page token. `bound` names everything that the token must not outlive: group,
 * collection and query, joined so that no two combinations read alike (JSON of a list does).
 */
export function signCursor(secret: Uint8Array, bound: string, payload: CursorPayload): string {
  const body = Buffer.from(JSON.stringify(payload));
  const text = Buffer.concat([macOf(secret, bound, body), body]).toString('base64url');
  if (text.length > MAX_CURSOR_LENGTH) {
    throw invalid(
      'long_cursor',
      `The token of the next page has more than ${MAX_CURSOR_LENGTH} characters: order by fewer or shorter ` +
        'values, or ask for larger pages.',
    );
  }
  return text;
}

/** The payload of a token made under the same secret and `bound`; refuses any other text. */
export function openCursor(secret: Uint8Array, bound: string, text: string): CursorPayload {
  if (text.length > MAX_CURSOR_LENGTH) throw refused();
  const bytes = Buffer.from(text, 'base64url');
  // The decoder skips foreign characters and spare bits: only the one canonical spelling counts.
  if (bytes.length <= MAC_BYTES || bytes.toString('base64url') !== text) throw refused();
  const body = bytes.subarray(MAC_BYTES);
  if (!timingSafeEqual(bytes.subarray(0, MAC_BYTES), macOf(secret, bound, body))) throw refused();
  return JSON.parse(body.toString());
}
