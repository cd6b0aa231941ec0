import * as z from 'zod';
import {
  type ArtifactFile,
  abortArtifactUpload,
  completeArtifactUpload,
  startArtifactUpload,
} from '#domain/tracking/index.ts';
import { type Route, route, writes } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { placeOf } from './artifact-places.ts';
import { filled } from './fields.ts';

/** Uploads in parts: the address names the folder, the body the file as the client calls it. */
const FileFields = { path: filled() };
const UploadFields = { ...FileFields, upload_id: filled().max(2_000) };
const CreateRequest = z.object({ ...FileFields, num_parts: z.int().default(1) });
const AbortRequest = z.object(UploadFields);
const Part = z.object({ part_number: z.int().positive(), etag: filled().max(200) });
const CompleteRequest = z.object({ ...UploadFields, parts: z.array(Part).min(1) });

/** The client sends the path of the file on its own disk; only the name counts. */
async function fileIn(ctx: Context, folder: string, localPath: string): Promise<ArtifactFile> {
  const place = await placeOf(ctx, folder);
  const name = localPath.split(/[/\\]/).at(-1) ?? '';
  return { ...place, path: place.path === '' ? name : `${place.path}/${name}` };
}

const create = route({
  method: 'POST',
  path: '/mpu/create/{path*}',
  operationId: 'createMultipartUpload',
  summary: 'Begin to store a file in parts.',
  access: writes('run', { jobs: true }),
  body: CreateRequest,
  handle: async ({ ctx, params, body: { path, num_parts: parts } }) => {
    const upload = await startArtifactUpload(ctx, {
      ...(await fileIn(ctx, params.path, path)),
      parts,
    });
    return {
      upload_id: upload.uploadId,
      credentials: upload.parts.map(({ partNumber, url, headers }) => ({
        url,
        part_number: partNumber,
        headers,
      })),
    };
  },
});

const complete = route({
  method: 'POST',
  path: '/mpu/complete/{path*}',
  operationId: 'completeMultipartUpload',
  summary: 'Make the file of its parts.',
  access: writes('run', { jobs: true }),
  body: CompleteRequest,
  handle: async ({ ctx, params, body: { path, upload_id: uploadId, parts } }) => {
    await completeArtifactUpload(ctx, {
      ...(await fileIn(ctx, params.path, path)),
      uploadId,
      parts: parts.map(({ part_number: partNumber, etag }) => ({ partNumber, etag })),
    });
    return {};
  },
});

const abort = route({
  method: 'POST',
  path: '/mpu/abort/{path*}',
  operationId: 'abortMultipartUpload',
  summary: 'Drop the parts of a file.',
  access: writes('run', { jobs: true }),
  body: AbortRequest,
  handle: async ({ ctx, params, body: { path, upload_id: uploadId } }) => {
    await abortArtifactUpload(ctx, { ...(await fileIn(ctx, params.path, path)), uploadId });
    return {};
  },
});

export const artifactUploadRoutes: readonly Route[] = [create, complete, abort];
