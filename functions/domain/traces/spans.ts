import { signArtifactDownload } from '#domain/tracking/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import { filesPrefix, targetOf, traceHome, tracePointer } from './scope.ts';

/** Spans up to this size go through the API; larger ones are files that clients get by themselves. */
const MAX_SPANS_BYTES = 4_000_000;
const SPANS = 'traces.json';

/**
 * The spans of a trace as its client stored them, undefined where they are not there (yet). Throws
 * `too_large` for more than so many bytes (4 MB at most).
 */
export async function readSpans(
  ctx: Context,
  input: { readonly traceId: string; readonly most?: number },
): Promise<string | undefined> {
  const { traceId, most = MAX_SPANS_BYTES } = input;
  const pointer = await tracePointer(ctx, traceId);
  requirePermission(ctx, 'read', targetOf(pointer));
  const bytes = await ctx.blobs.get(filesPrefix(pointer) + SPANS, { from: 0, to: most });
  if (bytes === undefined || bytes.byteLength <= most) {
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  }
  throw new AppError(
    'too_large',
    `The spans of the trace ${traceId} are too large: download its artifact ${SPANS}.`,
  );
}

/** A URL of a file of a trace: of its spans unless a path is given. */
export async function signTraceFile(
  ctx: Context,
  input: { readonly traceId: string; readonly path?: string },
): Promise<string> {
  const home = await traceHome(ctx, input);
  return signArtifactDownload(ctx, { home, path: input.path ?? SPANS });
}
