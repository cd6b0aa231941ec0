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
import { editRoutes } from '../mounts/edit-routes.ts';
import { editsOf } from '../mounts/edits.ts';
import { placeOf } from '../mounts/place.ts';
import { tagRoutes } from '../mounts/tag-routes.ts';
import { resourceRoutes, shapeOne } from '../resource-routes.ts';
import { Description, Id, IdStatus, Ids, idStatus, ResourceRef } from '../shapes.ts';
import { experimentMount } from './wire.ts';

const ExperimentFields = z.strictObject({
  name: resourceName(),
  description: Description,
  entrypoints: z.array(Id).max(1_000).default([]),
});

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

export const experimentEdits = editsOf({
  kind: experimentMount.kind,
  fields: ExperimentFields,
  create: async (ctx, { groupId }, fields) => {
    await requireEntrypoints(ctx, fields.entrypoints);
    return createExperiment(ctx, { ...fields, groupId });
  },
  changes: ExperimentFields,
  change: async (ctx, { id }, fields) => {
    await requireEntrypoints(ctx, fields.entrypoints);
    return changeExperiment(ctx, id, fields);
  },
});

export const experimentRoutes: readonly Route[] = [
  ...resourceRoutes(experimentMount),
  ...editRoutes(experimentMount, experimentEdits),
  ...tagRoutes(placeOf(experimentMount)),
  ...linkRoutes,
];
