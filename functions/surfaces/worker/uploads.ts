import {
  AbortRequest,
  abortUpload,
  CheckRequest,
  CompleteRequest,
  checkUpload,
  completeUpload,
  PartsAnswer,
  PartsRequest,
  signUploadParts,
  signUploads,
  UploadAnswer,
  UploadDone,
  UploadRequest,
} from '#domain/jobs/index.ts';
import { type Route, route, WORKER } from '#http/route.ts';

/** How the files of an attempt reach the store. */
export const uploadRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/jobs/{jobId:int}/uploads',
    operationId: 'signUploads',
    summary: 'Where to PUT files of the attempt.',
    access: WORKER,
    body: UploadRequest,
    response: UploadAnswer,
    handle: ({ ctx, params, body: { files, ...fence } }) =>
      signUploads(ctx, { ...params, ...fence }, files),
  }),
  route({
    method: 'POST',
    path: '/jobs/{jobId:int}/uploads/parts',
    operationId: 'signUploadParts',
    summary: 'Where to PUT further parts of a large file.',
    access: WORKER,
    body: PartsRequest,
    response: PartsAnswer,
    handle: ({ ctx, params, body }) => signUploadParts(ctx, { ...params, ...body }),
  }),
  route({
    method: 'POST',
    path: '/jobs/{jobId:int}/uploads/complete',
    operationId: 'completeUpload',
    summary: 'Makes a large file of its parts.',
    access: WORKER,
    body: CompleteRequest,
    response: UploadDone,
    handle: async ({ ctx, params, body }) => {
      await completeUpload(ctx, { ...params, ...body });
      return {};
    },
  }),
  route({
    method: 'POST',
    path: '/jobs/{jobId:int}/uploads/abort',
    operationId: 'abortUpload',
    summary: 'Drops what was sent of a large file.',
    access: WORKER,
    body: AbortRequest,
    response: UploadDone,
    handle: async ({ ctx, params, body }) => {
      await abortUpload(ctx, { ...params, ...body });
      return {};
    },
  }),
  route({
    method: 'POST',
    path: '/jobs/{jobId:int}/uploads/check',
    operationId: 'checkUpload',
    summary: 'Whether the store has exactly this file.',
    access: WORKER,
    body: CheckRequest,
    response: UploadDone,
    handle: async ({ ctx, params, body }) => {
      await checkUpload(ctx, { ...params, ...body });
      return {};
    },
  }),
];
