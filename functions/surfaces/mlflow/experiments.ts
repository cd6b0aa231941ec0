import * as z from 'zod';
import {
  createTrackedExperiment,
  deleteExperiment,
  deleteExperimentTag,
  findTrackedExperiment,
  getTrackedExperiment,
  renameExperiment,
  restoreExperiment,
  setExperimentTag,
  type VersionedExperiment,
} from '#domain/tracking/index.ts';
import { tagged } from '#http/entity-tag.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import { experimentName } from '#kernel/strings.ts';
import { experimentId, toExperimentId } from './experiment-ids.ts';
import { Entry, filled } from './fields.ts';
import { toExperiment } from './wire.ts';

const NewExperiment = z.object({
  name: filled().pipe(experimentName()),
  artifact_location: z.string().default(''),
  tags: z.array(Entry).default([]),
});
const OneExperiment = z.object({ experiment_id: filled() });

/** An answer with the version of the experiment, for `If-Match`. */
const withVersion = <T extends object>(answer: T, { version }: VersionedExperiment): T =>
  tagged(answer, version);

const createExperiment = route({
  method: 'POST',
  path: '/experiments/create',
  operationId: 'createExperiment',
  summary: 'Make an experiment in the first group that the caller may write to.',
  access: writes('experiment'),
  body: NewExperiment,
  handle: async ({ ctx, body: { name, artifact_location: artifactRoot, tags } }) => {
    const made = await createTrackedExperiment(ctx, {
      name,
      tags,
      ...(artifactRoot === '' ? {} : { artifactRoot }),
    });
    return withVersion({ experiment_id: toExperimentId(ctx, made.id) }, made);
  },
});

const getExperiment = route({
  method: 'GET',
  path: '/experiments/get',
  operationId: 'getExperiment',
  summary: 'One experiment by its id.',
  access: reads('experiment', { jobs: true }),
  query: OneExperiment,
  handle: async ({ ctx, query: args }) => {
    const found = await getTrackedExperiment(ctx, experimentId(ctx, args.experiment_id));
    return withVersion({ experiment: toExperiment(ctx, found) }, found);
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
    return withVersion({ experiment: toExperiment(ctx, found) }, found);
  },
});

const change = route({
  method: 'POST',
  path: '/experiments/update',
  operationId: 'updateExperiment',
  summary: 'Rename an experiment.',
  access: writes('experiment'),
  body: OneExperiment.extend({ new_name: filled().pipe(experimentName()) }),
  handle: async ({ ctx, body: { experiment_id: id, new_name: name } }) => {
    await renameExperiment(ctx, { id: experimentId(ctx, id), name });
    return withVersion({}, await getTrackedExperiment(ctx, experimentId(ctx, id)));
  },
});

const remove = route({
  method: 'POST',
  path: '/experiments/delete',
  operationId: 'deleteExperiment',
  summary: 'Delete an experiment and its runs; they can be restored.',
  access: writes('experiment'),
  body: OneExperiment,
  handle: async ({ ctx, body: { experiment_id: id } }) => {
    await deleteExperiment(ctx, experimentId(ctx, id));
    return {};
  },
});

const restore = route({
  method: 'POST',
  path: '/experiments/restore',
  operationId: 'restoreExperiment',
  summary: 'Restore a deleted experiment, with the runs that were deleted with it.',
  access: writes('experiment'),
  body: OneExperiment,
  handle: async ({ ctx, body: { experiment_id: id } }) => {
    await restoreExperiment(ctx, experimentId(ctx, id));
    return {};
  },
});

const setTag = route({
  method: 'POST',
  path: '/experiments/set-experiment-tag',
  operationId: 'setExperimentTag',
  summary: 'Set a tag of an experiment.',
  access: writes('experiment'),
  body: OneExperiment.extend(Entry.shape),
  handle: async ({ ctx, body: { experiment_id: id, ...tag } }) => {
    await setExperimentTag(ctx, { id: experimentId(ctx, id), tag });
    return {};
  },
});

const removeTag = route({
  method: 'POST',
  path: '/experiments/delete-experiment-tag',
  operationId: 'deleteExperimentTag',
  summary: 'Delete a tag of an experiment.',
  access: writes('experiment'),
  body: OneExperiment.extend({ key: filled() }),
  handle: async ({ ctx, body: { experiment_id: id, key } }) => {
    await deleteExperimentTag(ctx, { id: experimentId(ctx, id), key });
    return {};
  },
});

export const experimentRoutes: readonly Route[] = [
  createExperiment,
  getExperiment,
  getExperimentByName,
  change,
  remove,
  restore,
  setTag,
  removeTag,
];
