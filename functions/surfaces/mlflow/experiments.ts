import * as z from 'zod';
import { type Experiment, experimentKind } from '#domain/experiments/index.ts';
import { resourceTag } from '#domain/resources/index.ts';
import {
  createTrackedExperiment,
  findTrackedExperiment,
  getTrackedExperiment,
} from '#domain/tracking/index.ts';
import { tagged } from '#http/entity-tag.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import { invalid, notFound } from '#kernel/errors.ts';
import { experimentName, idParam } from '#kernel/strings.ts';
import { Entry, filled } from './fields.ts';
import { toExperiment } from './wire.ts';
import { workspaceOf } from './workspaces.ts';

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

/** An answer with the version of the experiment, for `If-Match`. */
const withVersion = <T extends object>(answer: T, experiment: Experiment): T =>
  tagged(answer, resourceTag(experimentKind, experiment));

const createExperiment = route({
  method: 'POST',
  path: '/experiments/create',
  operationId: 'createExperiment',
  summary: 'Make an experiment in the first group that the caller may write to.',
  access: writes('experiment'),
  body: NewExperiment,
  response: z.object({ experiment_id: z.string() }),
  handle: async ({ ctx, body: { name, artifact_location: location, tags } }) => {
    if (location !== undefined && location !== '') {
      throw invalid(
        'artifact_location',
        'artifact_location cannot be chosen here: artifacts are kept by this server. Leave it out.',
      );
    }
    const experiment = await createTrackedExperiment(ctx, { name, tags });
    return withVersion({ experiment_id: String(experiment.id) }, experiment);
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
    return withVersion({ experiment: toExperiment(found, workspaceOf(ctx)) }, found.experiment);
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
    const found = await findTrackedExperiment(ctx, args.experiment_name);
    return withVersion({ experiment: toExperiment(found, workspaceOf(ctx)) }, found.experiment);
  },
});

export const experimentRoutes: readonly Route[] = [
  createExperiment,
  getExperiment,
  getExperimentByName,
];
