import * as z from 'zod';
import { changeModel, createModel } from '#domain/models/index.ts';
import { type Route, route, writes } from '#http/route.ts';
import { modelName } from '#kernel/strings.ts';
import { resourceRoutes, shapeOne } from '../resource-routes.ts';
import { Description, GroupId } from '../shapes.ts';
import { versionRoutes } from './version-routes.ts';
import { Model, modelMount } from './wire.ts';

const ModelChange = z.strictObject({ name: modelName(), description: Description });
const NewModel = ModelChange.extend({ group: GroupId });

export const modelRoutes: readonly Route[] = [
  ...resourceRoutes(modelMount),
  route({
    method: 'POST',
    path: '/models',
    operationId: 'createModel',
    summary: 'Creates a model in a group.',
    access: writes('model'),
    body: NewModel,
    response: Model,
    handle: async ({ ctx, body: { group, ...model } }) =>
      shapeOne(modelMount, ctx, await createModel(ctx, { ...model, groupId: group })),
  }),
  route({
    method: 'PUT',
    path: '/models/{id:int}',
    operationId: 'changeModel',
    summary: 'Replaces name and description; makes a snapshot.',
    access: writes('model'),
    body: ModelChange,
    response: Model,
    handle: async ({ ctx, params, body }) =>
      shapeOne(modelMount, ctx, await changeModel(ctx, params.id, body)),
  }),
  ...versionRoutes,
];
