import * as z from 'zod';
import { TypeStructure } from '#domain/entrypoints/index.ts';
import {
  changeParameterType,
  createParameterType,
  deleteParameterType,
  type ParameterTypeData,
  parameterTypeKind,
} from '#domain/plugins/index.ts';
import { type Route, route, writes } from '#http/route.ts';
import { resourceName } from '#kernel/strings.ts';
import { type ResourceMount, resourceRoutes, shapeOne } from '../resource-routes.ts';
import { Description, GroupId, ResourceFields, resourceFields } from '../shapes.ts';

const ParameterType = ResourceFields.extend({
  name: z.string(),
  description: z.string(),
  structure: z.nullable(z.record(z.string(), z.unknown())),
});
const ParameterTypeChange = z.strictObject({
  name: resourceName(),
  description: Description,
  structure: z.nullable(TypeStructure).default(null),
});
const NewParameterType = ParameterTypeChange.extend({ group: GroupId });

const mount: ResourceMount<ParameterTypeData> = {
  path: 'pluginParameterTypes',
  title: 'PluginParameterType',
  scope: 'plugin',
  kind: parameterTypeKind,
  response: ParameterType,
  remove: deleteParameterType,
  shape: async (ctx, rows, names, versions) =>
    rows.map((type, index) => ({
      ...resourceFields(ctx, names, type, versions?.[index]),
      name: type.data.name,
      description: type.data.description,
      structure: type.data.structure,
    })),
};

export const typeRoutes: readonly Route[] = [
  ...resourceRoutes(mount),
  route({
    method: 'POST',
    path: '/pluginParameterTypes',
    operationId: 'createPluginParameterType',
    summary: 'Creates a type of task parameters in a group.',
    access: writes('plugin'),
    body: NewParameterType,
    response: ParameterType,
    handle: async ({ ctx, body: { group, ...type } }) =>
      shapeOne(mount, ctx, await createParameterType(ctx, { ...type, groupId: group })),
  }),
  route({
    method: 'PUT',
    path: '/pluginParameterTypes/{id:int}',
    operationId: 'changePluginParameterType',
    summary: 'Replaces name, description and structure; makes a snapshot.',
    access: writes('plugin'),
    body: ParameterTypeChange,
    response: ParameterType,
    handle: async ({ ctx, params, body }) =>
      shapeOne(mount, ctx, await changeParameterType(ctx, params.id, body)),
  }),
];
