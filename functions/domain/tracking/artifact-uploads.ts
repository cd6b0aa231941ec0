import type { Context } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import { type ArtifactFile, keyBelow, SIGNED_SECONDS, writableHome } from './artifacts.ts';

/** Files in parts, which go straight to the store: the way for what one request cannot carry. */
const MAX_ARTIFACT_PARTS = 2_000;

export interface SignedPart {
  readonly partNumber: number;
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
}

type Upload = ArtifactFile & { readonly uploadId: string };

async function writableKey(ctx: Context, file: ArtifactFile): Promise<string> {
  const { prefix } = await writableHome(ctx, file);
  return keyBelow(prefix, file.path);
}

/** Begins an upload of so many parts; the URLs are good for 15 minutes. */
export async function startArtifactUpload(
  ctx: Context,
  file: ArtifactFile & { readonly parts: number },
): Promise<{ readonly uploadId: string; readonly parts: readonly SignedPart[] }> {
  const key = await writableKey(ctx, file);
  if (file.parts < 1 || file.parts > MAX_ARTIFACT_PARTS) {
    throw invalid(
      'part_count',
      `A file has 1 to ${MAX_ARTIFACT_PARTS} parts: set MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE higher.`,
    );
  }
  const uploadId = await ctx.blobs.startUpload(key);
  const numbers = Array.from({ length: file.parts }, (_, index) => index + 1);
  const parts = await Promise.all(
    numbers.map(async (partNumber) => ({
      partNumber,
      ...(await ctx.blobs.signPart(key, uploadId, partNumber, { expiresIn: SIGNED_SECONDS })),
    })),
  );
  return { uploadId, parts };
}

/** Makes the file of its parts. Throws `invalid` when a part is missing or differs. */
export async function completeArtifactUpload(
  ctx: Context,
  upload: Upload & { readonly parts: readonly { partNumber: number; etag: string }[] },
): Promise<void> {
  const key = await writableKey(ctx, upload);
  const parts = upload.parts.toSorted((a, b) => a.partNumber - b.partNumber);
  await ctx.blobs.completeUpload(key, upload.uploadId, parts);
}

export async function abortArtifactUpload(ctx: Context, upload: Upload): Promise<void> {
  await ctx.blobs.abortUpload(await writableKey(ctx, upload), upload.uploadId);
}
