import * as z from 'zod';
import { cancelJob, Progress, reportProgress, retryJob } from '#domain/jobs/index.ts';
import { type Route, route, writes } from '#http/route.ts';
import { shapeOne } from '../resource-routes.ts';
import { belowExperiment, byItself, type Place } from './place.ts';
import { JobAnswer, jobMount } from './wire.ts';

const ProgressAnswer = z.object({ id: z.int(), fraction: z.number(), message: z.string() });

const routesAt = ({ path, title, named }: Place): readonly Route[] => [
  route({
    method: 'POST',
    path: `${path}/cancel`,
    operationId: `cancel${title}`,
    summary:
      'Cancels the job: it never starts, or its worker stops it; it then is failed, as cancelled.',
    access: writes('job'),
    response: JobAnswer,
    handle: async ({ ctx, params }) =>
      shapeOne(jobMount, ctx, await cancelJob(ctx, named(params as never))),
  }),
  route({
    method: 'POST',
    path: `${path}/retry`,
    operationId: `retry${title}`,
    summary: 'Queues a job again that failed, or that a reset holds, with all its attempts.',
    access: writes('job'),
    response: JobAnswer,
    handle: async ({ ctx, params }) =>
      shapeOne(jobMount, ctx, await retryJob(ctx, named(params as never))),
  }),
  route({
    method: 'PUT',
    path: `${path}/progress`,
    operationId: `report${title}Progress`,
    summary: 'How far a started job is, from 0 to 1, and what it is at.',
    access: writes('job', { jobs: true }),
    untraced: true,
    body: Progress,
    response: ProgressAnswer,
    handle: async ({ ctx, params, body }) => {
      const { id } = await reportProgress(ctx, { ...named(params as never), progress: body });
      return { id, ...body };
    },
  }),
];

export const controlRoutes: readonly Route[] = [byItself, belowExperiment].flatMap(routesAt);
