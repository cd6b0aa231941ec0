import * as z from 'zod';
import { requireEntrypoints } from '#domain/entrypoints/index.ts';
import {
  changeExperiment,
  createExperiment,
  type Experiment as ExperimentRow,
  linkEntrypoints,
} from '#domain/experiments/index.ts';
import { getResource } from '#domain/resources/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';
import { resourceName } from '#kernel/strings.ts';
import { resourceRoutes, shapeOne } from '../resource-routes.ts';
import { Description, GroupId, Id, IdStatus, Ids, idStatus, ResourceRef } from '../shapes.ts';
import { Experiment, experimentMount } from './wire.ts';

const ExperimentChange = z.strictObject({
  name: resourceName(),
  description: Description,
  entrypoints: z.array(Id).max(1_000).default([]),
});
const NewExperiment = ExperimentChange.extend({ group: GroupId });

async function entrypointsOf(ctx: Context, experiment: ExperimentRow): Promise<unknown> {
  const answer = await shapeOne(experimentMount, ctx, experiment);
  return (answer as { readonly entrypoints: unknown }).entrypoints;
}

const linkRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/experiments/{id:int}/entrypoints',
    operationId: 'listExperimentEntrypoints',
    summary: 'The entrypoints that its jobs may use.',
    access: reads('experiment'),
    response: z.array(ResourceRef),
    handle: async ({ ctx, params }) =>
      entrypointsOf(ctx, await getResource(ctx, experimentMount.kind, params.id)),
  }),
  route({
    method: 'POST',
    path: '/experiments/{id:int}/entrypoints',
    operationId: 'addExperimentEntrypoints',
    summary: 'Lets its jobs use more entrypoints.',
    access: writes('experiment'),
    body: Ids,
    response: z.array(ResourceRef),
    handle: async ({ ctx, params, body }) => {
      await requireEntrypoints(ctx, body.ids);
      const added = await linkEntrypoints(ctx, params.id, (ids) => [...ids, ...body.ids]);
      return entrypointsOf(ctx, added);
    },
  }),
  route({
    method: 'PUT',
    path: '/experiments/{id:int}/entrypoints',
    operationId: 'setExperimentEntrypoints',
    summary: 'Replaces the entrypoints that its jobs may use.',
    access: writes('experiment'),
    body: Ids,
    response: z.array(ResourceRef),
    handle: async ({ ctx, params, body }) => {
      await requireEntrypoints(ctx, body.ids);
      return entrypointsOf(ctx, await linkEntrypoints(ctx, params.id, () => body.ids));
    },
  }),
  route({
    method: 'DELETE',
    path: '/experiments/{id:int}/entrypoints',
    operationId: 'clearExperimentEntrypoints',
    summary: 'Takes all entrypoints away.',
    access: writes('experiment'),
    response: IdStatus,
    handle: async ({ ctx, params }) => {
      let removed: readonly number[] = [];
      await linkEntrypoints(ctx, params.id, (ids) => {
        removed = ids;
        return [];
      });
      return idStatus(...removed);
    },
  }),
  route({
    method: 'DELETE',
    path: '/experiments/{id:int}/entrypoints/{entrypointId:int}',
    operationId: 'removeExperimentEntrypoint',
    summary: 'Takes one entrypoint away.',
    access: writes('experiment'),
    response: IdStatus,
    handle: async ({ ctx, params: { id, entrypointId } }) => {
      await linkEntrypoints(ctx, id, (ids) => {
        if (!ids.includes(entrypointId)) {
          throw notFound('entry_point', { entrypoint_id: entrypointId, experiment_id: id });
        }
        return ids.filter((other) => other !== entrypointId);
      });
      return idStatus(entrypointId);
    },
  }),
];

export const experimentRoutes: readonly Route[] = [
  ...resourceRoutes(experimentMount),
  route({
    method: 'POST',
    path: '/experiments',
    operationId: 'createExperiment',
    summary: 'Creates an experiment in a group.',
    access: writes('experiment'),
    body: NewExperiment,
    response: Experiment,
    handle: async ({ ctx, body: { group, ...experiment } }) => {
      await requireEntrypoints(ctx, experiment.entrypoints);
      const created = await createExperiment(ctx, { ...experiment, groupId: group });
      return shapeOne(experimentMount, ctx, created);
    },
  }),
  route({
    method: 'PUT',
    path: '/experiments/{id:int}',
    operationId: 'changeExperiment',
    summary: 'Replaces name, description and entrypoints; makes a snapshot.',
    access: writes('experiment'),
    body: ExperimentChange,
    response: Experiment,
    handle: async ({ ctx, params, body }) => {
      await requireEntrypoints(ctx, body.entrypoints);
      return shapeOne(experimentMount, ctx, await changeExperiment(ctx, params.id, body));
    },
  }),
  ...linkRoutes,
];
