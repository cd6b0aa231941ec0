import * as z from 'zod';
import { getTrackedExperiment } from '#domain/tracking/index.ts';
import { type Route, reads, route } from '#http/route.ts';
import { experimentId } from './experiments.ts';
import { filled } from './fields.ts';

const MAX_EXPERIMENTS = 20;
const SearchRequest = z.object({
  experiment_ids: z.array(filled()).max(MAX_EXPERIMENTS).default([]),
});

/**
 * The client asks for this whenever it lists a folder of a run. There is no way to make a
 * logged model here, so experiments that the caller may see have none.
 */
const search = route({
  method: 'POST',
  path: '/logged-models/search',
  operationId: 'searchLoggedModels',
  summary: 'Logged models of experiments.',
  access: reads('run', { jobs: true }),
  body: SearchRequest,
  handle: async ({ ctx, body: { experiment_ids: ids } }) => {
    await Promise.all(ids.map((id) => getTrackedExperiment(ctx, experimentId(id))));
    return {};
  },
});

export const loggedModelRoutes: readonly Route[] = [search];
