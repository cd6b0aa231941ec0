import { AppError, invalid } from '#kernel/errors.ts';
import type { BlobFiles, SavedFile } from './blob-files.ts';
import type { BlobIndex, StoredObject } from './blob-index.ts';
import { type BlobUploads, quoted } from './blob-uploads.ts';
import type { BlobUrls, Grant } from './blob-urls.ts';

/** What the requests to signed URLs work on. */
export interface BlobStore {
  readonly files: BlobFiles;
  readonly index: BlobIndex;
  readonly uploads: BlobUploads;
  readonly urls: BlobUrls;
}

/** Largest body of one PUT, as in S3. */
const MAX_PUT_BYTES = 5 * 1024 ** 3;

const OCTETS = 'application/octet-stream';
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:;[\x20-\x7e]*)?$/;
const CHECKSUM_HEADER = 'x-amz-checksum-sha256';
const ONCE_HEADER = 'if-none-match';
// What a browser must never be talked into: sniffing, scripts, caching of what expires.
const SAFE_HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': 'sandbox',
  'cache-control': 'private, no-store',
};

// Whoever has a signed URL may read by it, also a page that this machine shows under another of its names.
const READABLE = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'content-length, content-range, content-type, etag',
};

const refuse = (status: number, code: string, message: string): Response =>
  Response.json({ error: { code, message } }, { status, headers: SAFE_HEADERS });

const denied = (message: string): Response => refuse(403, 'access_denied', message);

// encodeURIComponent leaves these, which an extended value of a header must not hold.
const percentEncoded = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

interface Range {
  readonly from: number;
  readonly to: number;
}

/** `undefined`: the whole object is meant; `unsatisfiable`: nothing of it is. */
const rangeOf = (header: string | null, size: number): Range | 'unsatisfiable' | undefined => {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : { from: size - length, to: size - 1 };
  }
  const from = Number(first);
  const to = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < from) return undefined;
  return from >= size ? 'unsatisfiable' : { from, to };
};

const headersOf = ({ filename = '', contentType = '' }: Grant, object: StoredObject) => ({
  ...SAFE_HEADERS,
  ...READABLE,
  'content-type': MEDIA_TYPE.test(contentType) ? contentType : OCTETS,
  'content-disposition': `attachment; filename*=UTF-8''${percentEncoded(filename)}`,
  'accept-ranges': 'bytes',
  etag: object.etag,
});

const serve = ({ files, index }: BlobStore, grant: Grant, request: Request): Response => {
  const object = index.find(grant.key);
  if (object === undefined) return refuse(404, 'not_found', 'There is no such object.');
  const { size, segments } = object;
  const range = rangeOf(request.headers.get('range'), size);
  if (range === 'unsatisfiable') {
    const answer = refuse(416, 'invalid_range', 'The range lies behind the end of the object.');
    answer.headers.set('content-range', `bytes */${size}`);
    return answer;
  }
  const { from, to } = range ?? { from: 0, to: size - 1 };
  const headers = new Headers(headersOf(grant, object));
  headers.set('content-length', String(to - from + 1));
  if (range !== undefined) headers.set('content-range', `bytes ${from}-${to}/${size}`);
  const body = ReadableStream.from(files.read(segments, from, to));
  return new Response(body, { status: range === undefined ? 200 : 206, headers });
};

/** The problem with the headers of a PUT, if there is one. */
const problemOf = (grant: Grant, headers: Headers): Response | undefined => {
  const length = headers.get('content-length');
  if (length === null) return refuse(411, 'length_required', 'Send the Content-Length.');
  if (!/^\d{1,16}$/.test(length)) return refuse(400, 'invalid', 'Content-Length is no number.');
  if (grant.length !== undefined && Number(length) !== grant.length) {
    return denied('The URL is for a body of another length.');
  }
  if (Number(length) > MAX_PUT_BYTES) return refuse(413, 'too_large', 'A body has at most 5 GiB.');
  const unbound = [...headers.keys()].filter(
    (name) => name.startsWith('x-amz-') && name !== CHECKSUM_HEADER,
  );
  if (unbound.length > 0) return denied(`The URL does not cover the header ${unbound[0]}.`);
  const once = headers.get(ONCE_HEADER);
  if (once !== (grant.once === true ? '*' : null)) {
    return denied('The URL is for another If-None-Match.');
  }
  const checksum = headers.get(CHECKSUM_HEADER) ?? undefined;
  return checksum === grant.sha256 ? undefined : denied('The URL is for another checksum.');
};

/** The chunks of a body, ended with an error as soon as they are more than `length` bytes. */
async function* atMost(
  body: AsyncIterable<Uint8Array> | null,
  length: number,
): AsyncGenerator<Uint8Array> {
  let received = 0;
  for await (const chunk of body ?? []) {
    received += chunk.byteLength;
    if (received > length) throw invalid('wrong_length', 'The body is longer than announced.');
    yield chunk;
  }
}

const acceptor = (grant: Grant, length: number) => (saved: SavedFile) => {
  if (saved.size !== length) throw invalid('wrong_length', 'The body is shorter than announced.');
  if (grant.sha256 !== undefined && grant.sha256 !== saved.sha256) {
    throw invalid('checksum_mismatch', 'The body has another SHA-256.');
  }
};

/** Looked at before a body is taken, and again in the transaction that enters it. */
const requireFree = (index: BlobIndex, { key, once }: Grant): void => {
  if (once === true && index.find(key) !== undefined) {
    throw new AppError('precondition_failed', 'There is such an object already.');
  }
};

const enter = ({ index, uploads }: BlobStore, grant: Grant, saved: SavedFile) => {
  const { key, uploadId, partNumber } = grant;
  if (uploadId !== undefined && partNumber !== undefined) {
    return uploads.addPart(uploadId, key, partNumber, saved);
  }
  const { size, md5, sha256 } = saved;
  const named = grant.sha256 === undefined ? {} : { sha256 };
  const object = { size, etag: quoted(md5), ...named, segments: [saved] };
  return index.database.immediate(() => {
    requireFree(index, grant);
    return index.replace(key, object);
  });
};

/** Saves a body as the object or the part that `grant` names; whole or not at all. */
export const accept = async (
  store: BlobStore,
  grant: Grant,
  body: AsyncIterable<Uint8Array> | null,
  length: number,
): Promise<string> => {
  const saved = await store.files.save(atMost(body, length), acceptor(grant, length));
  return keep(store, grant, saved);
};

/** Enters what was saved or, when that fails, drops it. */
export const keep = async (store: BlobStore, grant: Grant, saved: SavedFile): Promise<string> => {
  try {
    await store.files.drop(enter(store, grant, saved));
  } catch (error) {
    await store.files.drop([saved]);
    throw error;
  }
  return quoted(saved.md5);
};

const receive = async (store: BlobStore, grant: Grant, request: Request): Promise<Response> => {
  const problem = problemOf(grant, request.headers);
  if (problem !== undefined) return problem;
  const { uploadId, key } = grant;
  if (uploadId !== undefined && !store.uploads.isOpen(uploadId, key)) {
    return refuse(404, 'no_such_upload', 'The upload does not exist or has ended.');
  }
  try {
    requireFree(store.index, grant);
    const length = Number(request.headers.get('content-length'));
    const etag = await accept(store, grant, request.body, length);
    return new Response(null, { status: 200, headers: { etag } });
  } catch (error) {
    if (error instanceof AppError) {
      const status = error.code === 'precondition_failed' ? 412 : 400;
      return refuse(status, error.reason, error.message);
    }
    // The client went away, or the disk is full; the error is not for strangers.
    return refuse(503, 'unavailable', 'The body could not be stored. Try again.');
  }
};

/** Answers a request to a signed URL of this store. */
export const handleBlobRequest = async (store: BlobStore, request: Request): Promise<Response> => {
  const grant = store.urls.verify(request.method, request.url);
  if (grant === undefined) return denied('The URL is not valid, or no longer.');
  return grant.method === 'GET' ? serve(store, grant, request) : receive(store, grant, request);
};
