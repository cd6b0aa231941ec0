import { cancelJob } from '#domain/jobs/index.ts';
import { type Route, route, writes } from '#http/route.ts';
import { shapeOne } from '../resource-routes.ts';
import { belowExperiment, byItself, type Place } from './place.ts';
import { JobAnswer, jobMount } from './wire.ts';

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
];

export const cancelRoutes: readonly Route[] = [byItself, belowExperiment].flatMap(routesAt);
