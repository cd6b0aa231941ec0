/**
 * The port for bytes: objects under server-made keys, read and written either here or, for
 * everything large, by clients through signed URLs.
 */
export interface BlobInfo {
  readonly key: string;
  readonly size: number;
  /** Opaque; changes whenever the content does. */
  readonly etag: string;
  /** Base64; `head` tells it of what was put in one piece through a URL that named it. */
  readonly sha256?: string;
}

export interface SignedUrl {
  readonly url: string;
  /** Headers that the client must send with exactly these values. */
  readonly headers: { readonly [name: string]: string };
}

/** A part as the answer to its PUT named it. */
export interface UploadedPart {
  readonly partNumber: number;
  readonly etag: string;
  /** Base64; of each part of an upload that was started with checksums. */
  readonly sha256?: string;
}

/** The headers of a signed URL that binds this. */
export const boundHeaders = (bound: {
  readonly length?: number;
  readonly sha256?: string;
  readonly once?: boolean;
}): SignedUrl['headers'] => ({
  ...(bound.length !== undefined && { 'content-length': String(bound.length) }),
  ...(bound.sha256 !== undefined && { 'x-amz-checksum-sha256': bound.sha256 }),
  ...(bound.once === true && { 'if-none-match': '*' }),
});

/** Longest life of a signed URL, in seconds. */
export const MAX_SIGNED_SECONDS = 900;

/**
 * Keys are slash-separated, at most 900 bytes of UTF-8, with no empty, `.` or `..` segments and no control
 * characters; adapters refuse others with `invalid`. Errors else: `unavailable`.
 */
export interface Blobs {
  put(key: string, body: Uint8Array | string, options?: { contentType?: string }): Promise<void>;
  /**
   * Stores what the chunks add up to, in constant memory, and nothing when they or `signal` end
   * it early; an error of `body` is thrown as it is. At most some 80 GB.
   */
  putStream(
    key: string,
    body: AsyncIterable<Uint8Array>,
    options?: { contentType?: string; signal?: AbortSignal },
  ): Promise<void>;
  /** The whole object or, with `range` (inclusive bytes), a part; `undefined` where there is none. */
  get(key: string, range?: { from: number; to?: number }): Promise<Uint8Array | undefined>;
  /** The object as a stream of chunks, for copying what does not fit in memory. */
  stream(key: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  head(key: string): Promise<BlobInfo | undefined>;
  /** Objects whose key starts with `prefix`, in key order; with `delimited`, the part up to the next slash is listed once in `folders`. */
  list(
    prefix: string,
    options?: { limit?: number; after?: string; delimited?: boolean },
  ): Promise<{ objects: readonly BlobInfo[]; folders: readonly string[]; next?: string }>;
  /** Absent objects are fine. */
  remove(keys: readonly string[]): Promise<void>;
  /**
   * A URL that answers GET of this object until it expires (`expiresIn` seconds, ≤ 900): as an
   * attachment named `filename`, of `contentType` (default application/octet-stream).
   */
  signGet(
    key: string,
    options: { expiresIn: number; filename: string; contentType?: string },
  ): Promise<string>;
  /**
   * A URL that accepts PUTs of this key; with `length` only a body of exactly so many bytes, with
   * `sha256` (base64) only that body, with `once` only while there is no such object (else 412).
   */
  signPut(
    key: string,
    options: { expiresIn: number; length?: number; sha256?: string; once?: boolean },
  ): Promise<SignedUrl>;
  /**
   * Multipart upload: parts of ≥ 5 MiB but the last, at most 10,000; `checksums`: every part is
   * signed with its SHA-256 and completed with it.
   */
  startUpload(key: string, options?: { checksums?: boolean }): Promise<string>;
  /** `partNumber` from 1. The client keeps the ETag header of the answer for `completeUpload`. */
  signPart(
    key: string,
    uploadId: string,
    partNumber: number,
    options: { expiresIn: number; length?: number; sha256?: string },
  ): Promise<SignedUrl>;
  /**
   * Parts in ascending order. May be repeated. `invalid` when a part is missing or an etag
   * differs, or, with `once`, when there is another object of that key.
   */
  completeUpload(
    key: string,
    uploadId: string,
    parts: readonly UploadedPart[],
    options?: { once?: boolean },
  ): Promise<void>;
  abortUpload(key: string, uploadId: string): Promise<void>;
}
