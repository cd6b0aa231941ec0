import { requireBlobKey } from '#kernel/blob-key.ts';
import { type BlobInfo, type Blobs, boundHeaders } from '#kernel/blobs.ts';
import { attachment } from './content-disposition.ts';
import { isNamed, toAppError } from './failures.ts';
import { slices } from './parallel.ts';
import { listObjects } from './s3-list.ts';
import { putStream } from './s3-put-stream.ts';
import {
  guarding,
  OCTETS,
  rangeHeader,
  requireExpiry,
  requireLength,
  requireSha256,
  type S3Setup,
  UNHOISTABLE,
} from './s3-rules.ts';
import { uploads } from './s3-uploads.ts';

const MAX_DELETE = 1000;
/** For calls whose body takes a while; the client's own timeout is for the others. */
const BODY_TIMEOUT = { requestTimeout: 25_000 };
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:;[\x20-\x7e]*)?$/;

const absent = (error: unknown): boolean => isNamed(error, 'NoSuchKey', 'NotFound');

/** `undefined` for an object that is not there. */
async function orAbsent<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (absent(error)) return undefined;
    throw toAppError(error);
  }
}

async function get(
  { bucket, kit }: S3Setup,
  key: string,
  range?: { from: number; to?: number },
): Promise<Uint8Array | undefined> {
  requireBlobKey(key);
  const asked = { Bucket: bucket, Key: key, ...rangeHeader(range) };
  const { client, sdk } = await kit();
  return orAbsent(async () => {
    try {
      const { Body } = await client.send(new sdk.GetObjectCommand(asked));
      return Body === undefined ? new Uint8Array() : await Body.transformToByteArray();
    } catch (error) {
      // The range starts at or after the end of what is there.
      if (isNamed(error, 'InvalidRange')) return new Uint8Array();
      throw error;
    }
  });
}

async function* chunksOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw toAppError(error);
  }
}

const isChunked = (body: unknown): body is AsyncIterable<Uint8Array> =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body;

async function stream(
  { bucket, kit }: S3Setup,
  key: string,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  requireBlobKey(key);
  const { client, sdk } = await kit();
  const found = await orAbsent(() =>
    client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key })),
  );
  if (found === undefined) return undefined;
  return isChunked(found.Body) ? chunksOf(found.Body) : chunksOf(nothing());
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function head({ bucket, kit }: S3Setup, key: string): Promise<BlobInfo | undefined> {
  requireBlobKey(key);
  const { client, sdk } = await kit();
  const found = await orAbsent(() =>
    client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' })),
  );
  if (found === undefined) return undefined;
  const sha256 = found.ChecksumSHA256;
  // With a number behind it, it is the checksum of the parts' checksums.
  const whole = sha256 === undefined || sha256.includes('-') ? {} : { sha256 };
  return { key, size: found.ContentLength ?? 0, etag: found.ETag ?? '', ...whole };
}

async function remove({ bucket, kit }: S3Setup, keys: readonly string[]): Promise<void> {
  keys.forEach(requireBlobKey);
  const { client, sdk } = await kit();
  for (const group of slices([...new Set(keys)], MAX_DELETE)) {
    const Delete = { Objects: group.map((Key) => ({ Key })), Quiet: true };
    const answer = await guarding(() =>
      client.send(new sdk.DeleteObjectsCommand({ Bucket: bucket, Delete })),
    );
    const failed = answer.Errors?.[0];
    if (failed !== undefined) throw toAppError({ name: failed.Code ?? 'unknown' });
  }
}

async function signGet(
  { bucket, kit }: S3Setup,
  key: string,
  options: { expiresIn: number; filename: string; contentType?: string },
): Promise<string> {
  requireBlobKey(key);
  requireExpiry(options.expiresIn);
  const type = options.contentType ?? OCTETS;
  const { client, sdk } = await kit();
  const command = new sdk.GetObjectCommand({
    Bucket: bucket,
    Key: key,
    ResponseContentDisposition: attachment(options.filename),
    ResponseContentType: MEDIA_TYPE.test(type) ? type : OCTETS,
  });
  return guarding(() => sdk.getSignedUrl(client, command, { expiresIn: options.expiresIn }));
}

async function signPut(
  { bucket, kit }: S3Setup,
  key: string,
  options: Parameters<Blobs['signPut']>[1],
) {
  const { expiresIn, length, sha256, once } = options;
  requireBlobKey(key);
  requireExpiry(expiresIn);
  requireLength(length);
  requireSha256(sha256);
  const { client, sdk } = await kit();
  const command = new sdk.PutObjectCommand({
    Bucket: bucket,
    Key: key,
    ...(length !== undefined && { ContentLength: length }),
    ...(sha256 !== undefined && { ChecksumSHA256: sha256 }),
    ...(once === true && { IfNoneMatch: '*' }),
  });
  const signing = { expiresIn, unhoistableHeaders: new Set(UNHOISTABLE) };
  const url = await guarding(() => sdk.getSignedUrl(client, command, signing));
  return { url, headers: boundHeaders(options) };
}

/** Blobs in one bucket of S3. */
export function openS3Blobs(setup: S3Setup): Blobs {
  const { bucket, kit } = setup;
  const multipart = uploads(setup, (key) => head(setup, key));
  return {
    async put(key, body, options) {
      requireBlobKey(key);
      const { client, sdk } = await kit();
      const bytes = Buffer.from(body);
      const command = new sdk.PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: bytes,
        // The SDK takes an empty body for a stream of unknown length.
        ContentLength: bytes.byteLength,
        ContentType: options?.contentType ?? OCTETS,
      });
      await guarding(() => client.send(command, BODY_TIMEOUT));
    },
    putStream: (key, body, options) =>
      putStream(setup, multipart.completeUpload, key, body, options),
    get: (key, range) => get(setup, key, range),
    stream: (key) => stream(setup, key),
    head: (key) => head(setup, key),
    list: (prefix, options) => guarding(() => listObjects(setup, prefix, options)),
    remove: (keys) => remove(setup, keys),
    signGet: (key, options) => signGet(setup, key, options),
    signPut: (key, options) => signPut(setup, key, options),
    ...multipart,
  };
}
