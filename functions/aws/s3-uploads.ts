import { createHash } from 'node:crypto';
import { requireBlobKey } from '#kernel/blob-key.ts';
import type { BlobInfo, Blobs } from '#kernel/blobs.ts';
import { invalid } from '#kernel/errors.ts';
import { isNamed, toAppError } from './failures.ts';
import { guarding, requireExpiry, requireLength, type S3Setup } from './s3-rules.ts';

const MAX_PARTS = 10_000;
const COMPLETION_TIMEOUT = { requestTimeout: 25_000 };

type Parts = Parameters<Blobs['completeUpload']>[2];
type Uploads = Pick<Blobs, 'startUpload' | 'signPart' | 'completeUpload' | 'abortUpload'>;

const unquoted = (etag: string): string => etag.replace(/^"(.*)"$/, '$1');

function requirePartNumber(partNumber: number): void {
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > MAX_PARTS) {
    throw invalid('invalid_part', `Part numbers are 1 to ${MAX_PARTS}.`);
  }
}

function requireParts(parts: Parts): void {
  let last = 0;
  for (const { partNumber, etag } of parts) {
    requirePartNumber(partNumber);
    if (partNumber <= last) throw invalid('invalid_part', 'Parts must be in ascending order.');
    if (!/^[\x21-\x7e]{1,128}$/.test(etag)) throw invalid('invalid_part', 'An ETag is not one.');
    last = partNumber;
  }
  if (last === 0) throw invalid('invalid_part', 'An upload has at least one part.');
}

/** The ETag that S3 gives to the sum of the parts. */
function etagOf(parts: Parts): string {
  const digest = createHash('md5');
  for (const { etag } of parts) digest.update(Buffer.from(unquoted(etag), 'hex'));
  return `${digest.digest('hex')}-${parts.length}`;
}

async function complete(
  { bucket, kit }: S3Setup,
  key: string,
  uploadId: string,
  parts: Parts,
  head: (key: string) => Promise<BlobInfo | undefined>,
): Promise<void> {
  requireBlobKey(key);
  requireParts(parts);
  const { client, sdk } = await kit();
  const command = new sdk.CompleteMultipartUploadCommand({
    Bucket: bucket,
    Key: key,
    UploadId: uploadId,
    MultipartUpload: {
      Parts: parts.map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: etag })),
    },
  });
  try {
    await client.send(command, COMPLETION_TIMEOUT);
  } catch (error) {
    if (isNamed(error, 'NoSuchUpload')) {
      // An earlier completion, whose answer was lost, ended the upload.
      const made = await head(key);
      if (made !== undefined && unquoted(made.etag) === etagOf(parts)) return;
      throw invalid('no_such_upload', 'The upload does not exist or has ended.');
    }
    if (isNamed(error, 'InvalidPart', 'InvalidPartOrder', 'EntityTooSmall', 'MalformedXML')) {
      throw invalid('invalid_part', 'A part is missing, differs, or is smaller than 5 MiB.');
    }
    throw toAppError(error);
  }
}

async function signPart(
  { bucket, kit }: S3Setup,
  key: string,
  uploadId: string,
  partNumber: number,
  { expiresIn, length }: { expiresIn: number; length?: number },
) {
  requireBlobKey(key);
  requireExpiry(expiresIn);
  requirePartNumber(partNumber);
  requireLength(length);
  const { client, sdk } = await kit();
  const command = new sdk.UploadPartCommand({
    Bucket: bucket,
    Key: key,
    UploadId: uploadId,
    PartNumber: partNumber,
    ...(length !== undefined && { ContentLength: length }),
  });
  const url = await guarding(() => sdk.getSignedUrl(client, command, { expiresIn }));
  const headers: Record<string, string> =
    length === undefined ? {} : { 'content-length': String(length) };
  return { url, headers };
}

/** The multipart half of the blobs; `head` tells what is stored under a key. */
export function uploads(
  setup: S3Setup,
  head: (key: string) => Promise<BlobInfo | undefined>,
): Uploads {
  const { bucket, kit } = setup;
  return {
    async startUpload(key) {
      requireBlobKey(key);
      const { client, sdk } = await kit();
      const command = new sdk.CreateMultipartUploadCommand({ Bucket: bucket, Key: key });
      const { UploadId } = await guarding(() => client.send(command));
      if (UploadId === undefined) throw toAppError(new Error('S3 named no upload'));
      return UploadId;
    },
    signPart: (key, uploadId, partNumber, options) =>
      signPart(setup, key, uploadId, partNumber, options),
    completeUpload: (key, uploadId, parts) => complete(setup, key, uploadId, parts, head),
    async abortUpload(key, uploadId) {
      requireBlobKey(key);
      const { client, sdk } = await kit();
      const asked = { Bucket: bucket, Key: key, UploadId: uploadId };
      try {
        await client.send(new sdk.AbortMultipartUploadCommand(asked));
      } catch (error) {
        if (!isNamed(error, 'NoSuchUpload')) throw toAppError(error);
      }
    },
  };
}
