import * as z from 'zod';
import {
  createTrackedExperiment,
  findTrackedExperiment,
  getTrackedExperiment,
} from '#domain/tracking/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import { invalid, notFound } from '#kernel/errors.ts';
import { experimentName, idParam } from '#kernel/strings.ts';
import { Entry, filled } from './fields.ts';
import { toExperiment } from './wire.ts';

const NewExperiment = z.object({
  name: filled().pipe(experimentName()),
  artifact_location: z.string().optional(),
  tags: z.array(Entry).default([]),
});

/** An experiment's id from its text; what cannot be one is an experiment that does not exist. */
export function experimentId(text: string): number {
  const id = idParam(text);
  if (id === undefined) throw notFound('experiment', { resource_id: text });
  return id;
}

const createExperiment = route({
  method: 'POST',
  path: '/experiments/create',
  operationId: 'createExperiment',
  summary: 'Make an experiment in the first group that the caller may write to.',
  access: writes('experiment'),
  body: NewExperiment,
  handle: async ({ ctx, body: { name, artifact_location: location, tags } }) => {
    if (location !== undefined && location !== '') {
      throw invalid(
        'artifact_location',
        'artifact_location cannot be chosen here: artifacts are kept by this server. Leave it out.',
      );
    }
    const { id } = await createTrackedExperiment(ctx, { name, tags });
    return { experiment_id: String(id) };
  },
});

const getExperiment = route({
  method: 'GET',
  path: '/experiments/get',
  operationId: 'getExperiment',
  summary: 'One experiment by its id.',
  access: reads('experiment', { jobs: true }),
  query: z.object({ experiment_id: filled() }),
  handle: async ({ ctx, query: args }) => {
    const found = await getTrackedExperiment(ctx, experimentId(args.experiment_id));
    return { experiment: toExperiment(found) };
  },
});

const getExperimentByName = route({
  method: 'GET',
  path: '/experiments/get-by-name',
  operationId: 'getExperimentByName',
  summary: 'One experiment by its name, deleted ones too.',
  access: reads('experiment', { jobs: true }),
  query: z.object({ experiment_name: filled() }),
  handle: async ({ ctx, query: args }) => {
    return { experiment: toExperiment(await findTrackedExperiment(ctx, args.experiment_name)) };
  },
});

export const experimentRoutes: readonly Route[] = [
  createExperiment,
  getExperiment,
  getExperimentByName,
];
