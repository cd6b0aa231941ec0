import { requireBlobKey } from '#kernel/blob-key.ts';
import type { Blobs, UploadedPart } from '#kernel/blobs.ts';
import { guarding, OCTETS, type S3Setup } from './s3-rules.ts';

const PART_BYTES = 8 * 1024 * 1024;
/** With the part that is being filled, what is held in memory. */
const IN_FLIGHT = 3;
/** For calls whose body takes a while, as in the blobs. */
const BODY_TIMEOUT = { requestTimeout: 25_000 };

interface Options {
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/** The body in pieces of at least a part's size but the last; an empty body is one empty piece. */
async function* piecesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let chunks: Uint8Array[] = [];
  let size = 0;
  let pieces = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size >= PART_BYTES) {
      yield Buffer.concat(chunks);
      chunks = [];
      size = 0;
      pieces += 1;
    }
  }
  if (size > 0 || pieces === 0) yield Buffer.concat(chunks);
}

/** Every piece as a part, a few at a time; the body's own errors pass as they are. */
async function sendParts(
  { bucket, kit }: S3Setup,
  asked: { readonly Key: string; readonly UploadId: string },
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<readonly UploadedPart[]> {
  const { client, sdk } = await kit();
  const sending: Promise<UploadedPart>[] = [];
  const send = async (PartNumber: number, Body: Buffer): Promise<UploadedPart> => {
    const part = { Bucket: bucket, ...asked, PartNumber, Body, ContentLength: Body.byteLength };
    const call = { ...BODY_TIMEOUT, ...(signal === undefined ? {} : { abortSignal: signal }) };
    const answer = await guarding(() => client.send(new sdk.UploadPartCommand(part), call));
    return { partNumber: PartNumber, etag: answer.ETag ?? '' };
  };
  try {
    for await (const piece of piecesOf(body)) {
      signal?.throwIfAborted();
      const sent = send(sending.length + 1, piece);
      // Who waits for an earlier one hears of it then; until that nobody does.
      sent.catch(() => undefined);
      sending.push(sent);
      await sending.at(-IN_FLIGHT);
    }
    return await Promise.all(sending);
  } catch (error) {
    // A part that arrives after the abortion would stay.
    await Promise.allSettled(sending);
    throw error;
  }
}

/**
 * Stores a stream by a multipart upload of our own, which a failure aborts; `complete` makes the
 * object of the parts, however often it has to ask.
 */
export async function putStream(
  setup: S3Setup,
  complete: Blobs['completeUpload'],
  key: string,
  body: AsyncIterable<Uint8Array>,
  { contentType = OCTETS, signal }: Options = {},
): Promise<void> {
  requireBlobKey(key);
  signal?.throwIfAborted();
  const { client, sdk } = await setup.kit();
  const object = { Bucket: setup.bucket, Key: key };
  const create = new sdk.CreateMultipartUploadCommand({ ...object, ContentType: contentType });
  const { UploadId = '' } = await guarding(() => client.send(create));
  try {
    const parts = await sendParts(setup, { Key: key, UploadId }, body, signal);
    signal?.throwIfAborted();
    await complete(key, UploadId, parts);
  } catch (error) {
    const abort = new sdk.AbortMultipartUploadCommand({ ...object, UploadId });
    // What is left of it the bucket's lifecycle ends; the error of interest is the first.
    await client.send(abort).catch(() => undefined);
    signal?.throwIfAborted();
    throw error;
  }
}
