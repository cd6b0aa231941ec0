import { artifactKey } from '#domain/tracking/index.ts';
import { type Context, requireWorker } from '#kernel/context.ts';
import { type Fence, loadHeld } from './fence.ts';
import type { UploadAnswer } from './protocol.ts';

const SIGNED_SECONDS = 900;

/**
 * Where the files of an attempt go: one signed PUT each, of exactly the size named. The keys
 * hold the attempt's run, so no attempt can touch another's bytes.
 */
export async function signUploads(
  ctx: Context,
  fence: Fence,
  files: readonly { readonly path: string; readonly size: number }[],
): Promise<UploadAnswer> {
  requireWorker(ctx);
  const { runId = '' } = await loadHeld(ctx, fence);
  const uploads = await Promise.all(
    files.map(async ({ path, size }) => {
      const signed = await ctx.blobs.signPut(artifactKey(runId, path), {
        expiresIn: SIGNED_SECONDS,
        length: size,
      });
      return { path, url: signed.url, headers: { ...signed.headers } };
    }),
  );
  return { uploads };
}
