import { artifactKey, directoryBundleKey } from '#domain/tracking/index.ts';
import type { UploadedPart } from '#kernel/blobs.ts';
import { type Context, requireWorker } from '#kernel/context.ts';
import { AppError, invalid } from '#kernel/errors.ts';
import { type Fence, loadHeld } from '../fence.ts';
import {
  MAX_PUT_BYTES,
  type PartsAnswer,
  partSizeOf,
  type UploadAnswer,
  type UploadRequest,
} from '../protocol.ts';
import { requireStored } from './stored.ts';

const SIGNED_SECONDS = 900;

/** A file of the attempt, or its directory as an archive; the keys hold the attempt's run. */
interface Place {
  readonly path: string;
  readonly bundle?: boolean | undefined;
}

type Wish = UploadRequest['files'][number];
type Upload = Fence & Place & { readonly uploadId: string };

/** Where it goes; no attempt can touch another's bytes. Throws `conflict` (`lease_lost`). */
async function keyOf(ctx: Context, fence: Fence & Place): Promise<string> {
  const { runId = '' } = await loadHeld(ctx, fence);
  return keyIn(runId, fence);
}

const keyIn = (runId: string, { path, bundle = false }: Place): string =>
  bundle ? directoryBundleKey(runId, path) : artifactKey(runId, path);

/**
 * Where the files of an attempt go: one signed PUT each, for one write of exactly the size and
 * the bytes named; a large file in parts.
 */
export async function signUploads(
  ctx: Context,
  fence: Fence,
  files: readonly Wish[],
): Promise<UploadAnswer> {
  requireWorker(ctx);
  const { runId = '' } = await loadHeld(ctx, fence);
  const [only] = files;
  if (only?.parts !== undefined) {
    const { path, size, parts } = only;
    return { uploads: [], multipart: await startParts(ctx, keyIn(runId, only), path, size, parts) };
  }
  const uploads = files.map(async (file) => {
    const { path, size, sha256 } = file;
    if (size > MAX_PUT_BYTES) throw tooLarge(path);
    const signed = await ctx.blobs.signPut(keyIn(runId, file), {
      expiresIn: SIGNED_SECONDS,
      length: size,
      once: true,
      ...(sha256 === undefined ? {} : { sha256 }),
    });
    return { path, url: signed.url, headers: { ...signed.headers } };
  });
  return { uploads: await Promise.all(uploads) };
}

const tooLarge = (path: string): AppError =>
  new AppError('too_large', `${path} is larger than 5 GiB and must be sent in parts.`);

async function startParts(
  ctx: Context,
  key: string,
  path: string,
  size: number,
  sha256: readonly string[],
) {
  requireParts({ size, first: 1, sha256 });
  const uploadId = await ctx.blobs.startUpload(key, { checksums: true });
  const parts = await signParts(ctx, key, uploadId, { size, first: 1, sha256 });
  return { path, uploadId, partSize: partSizeOf(size), parts };
}

interface PartsWish {
  readonly size: number;
  readonly first: number;
  readonly sha256: readonly string[];
}

function requireParts({ size, first, sha256 }: PartsWish): void {
  if (first - 1 + sha256.length > Math.ceil(size / partSizeOf(size))) {
    throw invalid('invalid_part', 'A file of that size has fewer parts.');
  }
}

function signParts(
  ctx: Context,
  key: string,
  uploadId: string,
  { size, first, sha256 }: PartsWish,
) {
  const partSize = partSizeOf(size);
  return Promise.all(
    sha256.map(async (sum, at) => {
      const partNumber = first + at;
      const length = Math.min(partSize, size - (partNumber - 1) * partSize);
      const options = { expiresIn: SIGNED_SECONDS, length, sha256: sum };
      const { url, headers } = await ctx.blobs.signPart(key, uploadId, partNumber, options);
      return { partNumber, url, headers: { ...headers } };
    }),
  );
}

/** Where further parts of a file go. Throws `conflict` (`lease_lost`). */
export async function signUploadParts(
  ctx: Context,
  upload: Upload & PartsWish,
): Promise<PartsAnswer> {
  requireWorker(ctx);
  requireParts(upload);
  const key = await keyOf(ctx, upload);
  return { parts: await signParts(ctx, key, upload.uploadId, upload) };
}

/** Makes the file of its parts; may be repeated. Throws `conflict` (`lease_lost`), `invalid`. */
export async function completeUpload(
  ctx: Context,
  upload: Upload & { readonly parts: readonly UploadedPart[] },
): Promise<void> {
  requireWorker(ctx);
  const key = await keyOf(ctx, upload);
  await ctx.blobs.completeUpload(key, upload.uploadId, upload.parts, { once: true });
}

/** Drops what was sent of a file. Throws `conflict` (`lease_lost`). */
export async function abortUpload(ctx: Context, upload: Upload): Promise<void> {
  requireWorker(ctx);
  await ctx.blobs.abortUpload(await keyOf(ctx, upload), upload.uploadId);
}

/** Throws `invalid` (`artifact_incomplete`) unless the store has this very file. */
export async function checkUpload(
  ctx: Context,
  file: Fence & Place & { readonly size: number; readonly sha256: string },
): Promise<void> {
  requireWorker(ctx);
  await requireStored(ctx, await keyOf(ctx, file), { ...file, name: file.path });
}
