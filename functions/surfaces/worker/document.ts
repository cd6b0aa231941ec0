import * as z from 'zod';
import { openApiRoute } from '#http/openapi-route.ts';
import type { OpenApiTag } from '#http/openapi-tags.ts';
import type { Route } from '#http/route.ts';

const tags: readonly OpenApiTag[] = [
  { name: 'document', description: 'This document.', paths: /^\/openapi\.json$/ },
  {
    name: 'uploads',
    description: 'Files that an attempt leaves behind.',
    paths: /^\/jobs\/\{jobId:int\}\/uploads/,
  },
  {
    name: 'attempts',
    description: 'A job that this worker has claimed, from the claim to its end.',
    paths: /^\/(claim$|jobs\/)/,
  },
  { name: 'worker', description: 'The worker itself.', paths: /^\// },
];

export const documentRoute = (routes: () => Promise<readonly Route[]>): Route =>
  openApiRoute({
    title: 'Assay: the protocol between the API and workers',
    description: 'Workers ask for jobs, and report what becomes of them, over HTTPS alone.',
    base: '/api/worker/v1',
    error: z.object({
      code: z.string(),
      reason: z.string(),
      message: z.string(),
      detail: z.looseObject({}),
    }),
    tags: async () => tags,
    routes,
  });
