import { MAX_SIGNED_SECONDS } from '#kernel/blobs.ts';
import { invalid } from '#kernel/errors.ts';
import type { S3Kit } from './clients.ts';
import { toAppError } from './failures.ts';

export interface S3Setup {
  readonly bucket: string;
  readonly kit: () => Promise<S3Kit>;
}

/** Runs `call` with every failure in the port's words. */
export async function guarding<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toAppError(error);
  }
}

export function requireExpiry(expiresIn: number): void {
  if (!Number.isInteger(expiresIn) || expiresIn < 1 || expiresIn > MAX_SIGNED_SECONDS) {
    throw invalid('invalid_expiry', `A signed URL lives 1 to ${MAX_SIGNED_SECONDS} seconds.`);
  }
}

export function requireLength(length: number | undefined): void {
  if (length !== undefined && (!Number.isSafeInteger(length) || length < 0)) {
    throw invalid('invalid_length', 'The length of a body is a whole number of bytes.');
  }
}

export function requireSha256(sha256: string | undefined): void {
  if (sha256 !== undefined && !/^[A-Za-z0-9+/]{43}=$/.test(sha256)) {
    throw invalid('invalid_checksum', 'The SHA-256 must be 32 bytes in base64.');
  }
}

/** The type of bytes that nobody said the type of. */
export const OCTETS = 'application/octet-stream';

/** In the query a checksum would be the holder's to leave out; as a signed header it is not. */
export const UNHOISTABLE: ReadonlySet<string> = new Set(['x-amz-checksum-sha256', 'if-none-match']);

export function rangeHeader(range: { from: number; to?: number } | undefined): { Range?: string } {
  if (range === undefined) return {};
  const { from, to } = range;
  // S3 answers a range that makes no sense with the whole object.
  if (!Number.isSafeInteger(from) || from < 0 || (to !== undefined && !(to >= from))) {
    throw invalid('invalid_range', 'A range starts at 0 or later and does not end before it.');
  }
  return { Range: `bytes=${from}-${to ?? ''}` };
}
