import * as z from 'zod';
import { removeExperiment } from '#domain/retention/index.ts';
import { removeRun } from '#domain/tracking/index.ts';
import { type Route, route, writes } from '#http/route.ts';
import { experimentId } from './experiment-ids.ts';
import { filled, runId } from './fields.ts';

const experiment = route({
  method: 'POST',
  path: '/experiments/delete-permanently',
  operationId: 'deleteExperimentPermanently',
  summary:
    'Remove a deleted experiment for good, with all that is in it; for owners and administrators of its group.',
  access: writes('experiment'),
  body: z.object({ experiment_id: filled() }),
  handle: async ({ ctx, body: { experiment_id: id } }) => {
    await removeExperiment(ctx, experimentId(ctx, id));
    return {};
  },
});

const run = route({
  method: 'POST',
  path: '/runs/delete-permanently',
  operationId: 'deleteRunPermanently',
  summary: 'Remove a deleted run for good; for owners and administrators of its group.',
  access: writes('run'),
  body: z.object({ run_id: runId() }),
  handle: async ({ ctx, body: { run_id: id } }) => {
    await removeRun(ctx, id);
    return {};
  },
});

export const removalRoutes: readonly Route[] = [experiment, run];
