import { createHash } from 'node:crypto';
import { requireBlobKey } from '#kernel/blob-key.ts';
import { type BlobInfo, type Blobs, boundHeaders, type UploadedPart } from '#kernel/blobs.ts';
import { invalid } from '#kernel/errors.ts';
import { isNamed, toAppError } from './failures.ts';
import {
  guarding,
  requireExpiry,
  requireLength,
  requireSha256,
  type S3Setup,
  UNHOISTABLE,
} from './s3-rules.ts';

const MAX_PARTS = 10_000;
const BAD_PARTS = [
  'InvalidPart',
  'InvalidPartOrder',
  'EntityTooSmall',
  'MalformedXML',
  'BadDigest',
  // Parts with checksums where none were promised, or the other way round.
  'InvalidRequest',
];
const COMPLETION_TIMEOUT = { requestTimeout: 25_000 };

type Parts = readonly UploadedPart[];
type Uploads = Pick<Blobs, 'startUpload' | 'signPart' | 'completeUpload' | 'abortUpload'>;

const unquoted = (etag: string): string => etag.replace(/^"(.*)"$/, '$1');

function requirePartNumber(partNumber: number): void {
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > MAX_PARTS) {
    throw invalid('invalid_part', `Part numbers are 1 to ${MAX_PARTS}.`);
  }
}

function requireParts(parts: Parts): void {
  let last = 0;
  for (const { partNumber, etag, sha256 } of parts) {
    requireSha256(sha256);
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

type Head = (key: string) => Promise<BlobInfo | undefined>;

/** Whether an earlier completion, whose answer was lost, made the object. */
async function isMade(head: Head, key: string, parts: Parts): Promise<boolean> {
  const made = await head(key);
  return made !== undefined && unquoted(made.etag) === etagOf(parts);
}

const sentPart = ({ partNumber, etag, sha256 }: UploadedPart) => ({
  PartNumber: partNumber,
  ETag: etag,
  ...(sha256 !== undefined && { ChecksumSHA256: sha256 }),
});

async function complete(
  { bucket, kit }: S3Setup,
  head: Head,
  [key, uploadId, parts, { once = false } = {}]: Parameters<Blobs['completeUpload']>,
): Promise<void> {
  requireBlobKey(key);
  requireParts(parts);
  const { client, sdk } = await kit();
  const command = new sdk.CompleteMultipartUploadCommand({
    Bucket: bucket,
    Key: key,
    UploadId: uploadId,
    MultipartUpload: { Parts: parts.map(sentPart) },
    ...(once && { IfNoneMatch: '*' }),
  });
  try {
    await client.send(command, COMPLETION_TIMEOUT);
  } catch (error) {
    const ended = isNamed(error, 'NoSuchUpload');
    const taken = isNamed(error, 'PreconditionFailed');
    if ((ended || taken) && (await isMade(head, key, parts))) return;
    if (ended) throw invalid('no_such_upload', 'The upload does not exist or has ended.');
    if (taken) throw invalid('object_exists', 'There is another object of that key.');
    if (isNamed(error, ...BAD_PARTS)) {
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
  options: Parameters<Blobs['signPart']>[3],
) {
  const { expiresIn, length, sha256 } = options;
  requireBlobKey(key);
  requireExpiry(expiresIn);
  requirePartNumber(partNumber);
  requireLength(length);
  requireSha256(sha256);
  const { client, sdk } = await kit();
  const command = new sdk.UploadPartCommand({
    Bucket: bucket,
    Key: key,
    UploadId: uploadId,
    PartNumber: partNumber,
    ...(length !== undefined && { ContentLength: length }),
    ...(sha256 !== undefined && { ChecksumSHA256: sha256 }),
  });
  const signing = { expiresIn, unhoistableHeaders: new Set(UNHOISTABLE) };
  const url = await guarding(() => sdk.getSignedUrl(client, command, signing));
  return { url, headers: boundHeaders(options) };
}

/** The multipart half of the blobs; `head` tells what is stored under a key. */
export function uploads(
  setup: S3Setup,
  head: (key: string) => Promise<BlobInfo | undefined>,
): Uploads {
  const { bucket, kit } = setup;
  return {
    async startUpload(key, { checksums = false } = {}) {
      requireBlobKey(key);
      const { client, sdk } = await kit();
      const command = new sdk.CreateMultipartUploadCommand({
        Bucket: bucket,
        Key: key,
        ...(checksums && { ChecksumAlgorithm: 'SHA256' }),
      });
      const { UploadId } = await guarding(() => client.send(command));
      if (UploadId === undefined) throw toAppError(new Error('S3 named no upload'));
      return UploadId;
    },
    signPart: (key, uploadId, partNumber, options) =>
      signPart(setup, key, uploadId, partNumber, options),
    completeUpload: (...call) => complete(setup, head, call),
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
