import * as z from 'zod';
import { modelHome } from '#domain/logged-models/index.ts';
import { SIGNED_SECONDS, signArtifactUpload, signStoredArtifact } from '#domain/tracking/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import { placeOf } from './artifact-places.ts';
import { filled, int64, runId } from './fields.ts';

/** The longest life that a client of MLflow may ask for: seven days. */
const MAX_ASKED_SECONDS = 604_800;

/** Clients ask for lives that other stores grant; ours end earlier, and new ones are to be had. */
const Seconds = int64().transform((value, ctx): number => {
  if (value >= 1n && value <= MAX_ASKED_SECONDS) return Math.min(Number(value), SIGNED_SECONDS);
  ctx.addIssue({ code: 'custom', message: `Use 1 to ${MAX_ASKED_SECONDS} seconds` });
  return z.NEVER;
});

const FileFields = { path: filled(), expiration: Seconds.default(SIGNED_SECONDS) };
const UploadUrlRequest = z.object({
  ...FileFields,
  run_id: z.union([z.literal(''), runId()]).optional(),
  model_id: z.string().optional(),
});
const DownloadUrlRequest = z.object({ ...FileFields, run_id: runId() });

/** Whose files they are. */
async function ownerOf(ctx: Context, body: z.output<typeof UploadUrlRequest>) {
  const { run_id: run, model_id: model } = body;
  if (!run === !model) {
    throw invalid('run_or_model', 'Exactly one of run_id and model_id must be provided.');
  }
  return model ? { home: await modelHome(ctx, { modelId: model }) } : { runId: run ?? '' };
}

const uploadUrl = route({
  method: 'POST',
  path: '/artifacts/presigned-upload-url',
  operationId: 'createPresignedUploadUrl',
  summary: 'A URL of the store that takes a file, of any size.',
  access: writes('run', { jobs: true }),
  body: UploadUrlRequest,
  handle: async ({ ctx, body }) => {
    const { path, expiration: seconds } = body;
    const { url, headers } = await signArtifactUpload(ctx, {
      ...(await ownerOf(ctx, body)),
      path,
      seconds,
    });
    return { presigned_url: url, headers };
  },
});

const downloadUrl = route({
  method: 'POST',
  path: '/artifacts/presigned-download-url',
  operationId: 'createPresignedDownloadUrl',
  summary: 'A URL of the store that answers with a file.',
  access: reads('run', { jobs: true }),
  body: DownloadUrlRequest,
  handle: async ({ ctx, body: { run_id: run, path, expiration: seconds } }) => {
    const { url, size } = await signStoredArtifact(ctx, { runId: run, path, seconds });
    return { presigned_url: url, headers: {}, file_size: size };
  },
});

const proxyUrl = route({
  method: 'GET',
  path: '/presigned/{path*}',
  operationId: 'getPresignedDownloadUrl',
  summary: 'A URL of the store that answers with a file, or parts of it, and its size.',
  access: reads('run', { jobs: true }),
  handle: async ({ ctx, params }) => {
    const { url, size } = await signStoredArtifact(ctx, await placeOf(ctx, params.path));
    return { url, headers: {}, file_size: size };
  },
});

export const artifactUrlRoutes: readonly Route[] = [uploadUrl, downloadUrl];
export const proxyUrlRoutes: readonly Route[] = [proxyUrl];
