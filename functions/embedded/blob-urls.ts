import { createHmac, timingSafeEqual } from 'node:crypto';
import { requireBlobKey } from '#kernel/blob-key.ts';
import { MAX_SIGNED_SECONDS } from '#kernel/blobs.ts';
import type { Clock } from '#kernel/clock.ts';
import { invalid } from '#kernel/errors.ts';

/** What a signed URL allows, and nothing beyond it. */
export interface Grant {
  readonly method: 'GET' | 'PUT';
  readonly key: string;
  readonly filename?: string;
  readonly contentType?: string;
  readonly length?: number;
  readonly sha256?: string;
  /** Only while there is no such object. */
  readonly once?: boolean;
  readonly uploadId?: string;
  readonly partNumber?: number;
}

export interface BlobUrls {
  sign(grant: Grant, expiresIn: number): string;
  /** The grant of a URL that is genuine, asked with its method, and not expired. */
  verify(method: string, url: string): Grant | undefined;
}

export interface BlobUrlOptions {
  /** Where the server is reached; a function when the port is known later than this. */
  readonly baseUrl: string | (() => string);
  readonly secret: string;
  readonly clock: Clock;
}

/** First segment of the path of every signed URL, below the path of the base URL. */
const BLOB_PATH = '/_blobs/';

const MIN_SECRET_LENGTH = 16;
const SIGNATURE = 'signature';
// All that a URL may carry; the signature covers each of them, present or not.
const PARAMETERS = [
  'method',
  'expires',
  'filename',
  'contentType',
  'length',
  'sha256',
  'once',
  'uploadId',
  'partNumber',
] as const;

type Parameters = { readonly [name in (typeof PARAMETERS)[number]]?: string };

const digestOf = (secret: string, key: string, parameters: Parameters): Buffer => {
  const covered = PARAMETERS.map((name) => parameters[name] ?? null);
  return createHmac('sha256', secret)
    .update(JSON.stringify([key, ...covered]))
    .digest();
};

const requireExpiry = (expiresIn: number): void => {
  if (!Number.isInteger(expiresIn) || expiresIn < 1 || expiresIn > MAX_SIGNED_SECONDS) {
    throw invalid('invalid_expiry', `A signed URL lives 1 to ${MAX_SIGNED_SECONDS} seconds.`);
  }
};

const requireGrant = ({ key, length, sha256 }: Grant): void => {
  requireBlobKey(key);
  if (length !== undefined && (!Number.isSafeInteger(length) || length < 0)) {
    throw invalid('invalid_length', 'The length of a body is a whole number of bytes.');
  }
  if (sha256 !== undefined && !/^[A-Za-z0-9+/]{43}=$/.test(sha256)) {
    throw invalid('invalid_checksum', 'The SHA-256 must be 32 bytes in base64.');
  }
};

const parametersOf = (grant: Grant, expires: number): Parameters => ({
  method: grant.method,
  expires: String(expires),
  ...(grant.filename !== undefined && { filename: grant.filename.toWellFormed() }),
  ...(grant.contentType !== undefined && { contentType: grant.contentType.toWellFormed() }),
  ...(grant.length !== undefined && { length: String(grant.length) }),
  ...(grant.sha256 !== undefined && { sha256: grant.sha256 }),
  ...(grant.once === true && { once: 'true' }),
  ...(grant.uploadId !== undefined && { uploadId: grant.uploadId }),
  ...(grant.partNumber !== undefined && { partNumber: String(grant.partNumber) }),
});

const grantOf = (key: string, parameters: Parameters): Grant => ({
  method: parameters.method === 'PUT' ? 'PUT' : 'GET',
  key,
  ...(parameters.filename !== undefined && { filename: parameters.filename }),
  ...(parameters.contentType !== undefined && { contentType: parameters.contentType }),
  ...(parameters.length !== undefined && { length: Number(parameters.length) }),
  ...(parameters.sha256 !== undefined && { sha256: parameters.sha256 }),
  ...(parameters.once !== undefined && { once: true }),
  ...(parameters.uploadId !== undefined && { uploadId: parameters.uploadId }),
  ...(parameters.partNumber !== undefined && { partNumber: Number(parameters.partNumber) }),
});

const keyOf = (base: string, pathname: string): string | undefined => {
  const prefix = new URL(base).pathname.replace(/\/$/, '') + BLOB_PATH;
  if (!pathname.startsWith(prefix)) return undefined;
  try {
    return decodeURIComponent(pathname.slice(prefix.length));
  } catch {
    return undefined;
  }
};

/** The parameters and the signature; `undefined` when one is unknown, twice there or missing. */
const readQuery = (query: URLSearchParams) => {
  const names = [...query.keys()];
  const known: readonly string[] = [...PARAMETERS, SIGNATURE];
  if (new Set(names).size !== names.length) return undefined;
  if (names.some((name) => !known.includes(name))) return undefined;
  const { [SIGNATURE]: signature, ...parameters } = Object.fromEntries(query);
  return signature === undefined ? undefined : { signature, parameters: parameters as Parameters };
};

const isGenuine = (expected: Buffer, signature: string): boolean => {
  const given = Buffer.from(signature, 'base64url');
  // Decoding is lenient; what is sent must be exactly what was signed.
  return (
    given.toString('base64url') === signature &&
    given.length === expected.length &&
    timingSafeEqual(given, expected)
  );
};

export const openBlobUrls = ({ baseUrl, secret, clock }: BlobUrlOptions): BlobUrls => {
  if (secret.length < MIN_SECRET_LENGTH) {
    throw invalid('secret_too_short', `The secret needs ${MIN_SECRET_LENGTH} characters at least.`);
  }
  const base = (): string => (typeof baseUrl === 'string' ? baseUrl : baseUrl());
  return {
    sign: (grant, expiresIn) => {
      requireExpiry(expiresIn);
      requireGrant(grant);
      const parameters = parametersOf(grant, clock.now() + expiresIn * 1000);
      const signature = digestOf(secret, grant.key, parameters).toString('base64url');
      const path = grant.key.split('/').map(encodeURIComponent).join('/');
      const query = new URLSearchParams({ ...parameters, [SIGNATURE]: signature });
      return `${base().replace(/\/$/, '')}${BLOB_PATH}${path}?${query}`;
    },
    verify: (method, url) => {
      const { pathname, searchParams } = new URL(url);
      const key = keyOf(base(), pathname);
      const asked = readQuery(searchParams);
      if (key === undefined || asked === undefined) return undefined;
      const { signature, parameters } = asked;
      if (!isGenuine(digestOf(secret, key, parameters), signature)) return undefined;
      if (parameters.method !== method || !(clock.now() < Number(parameters.expires))) {
        return undefined;
      }
      return grantOf(key, parameters);
    },
  };
};
