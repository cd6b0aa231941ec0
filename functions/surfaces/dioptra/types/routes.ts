import * as z from 'zod';
import { TypeStructure } from '#domain/entrypoints/index.ts';
import {
  changeParameterType,
  createParameterType,
  deleteParameterType,
  type ParameterTypeData,
  parameterTypeKind,
} from '#domain/plugins/index.ts';
import type { Route } from '#http/route.ts';
import { resourceName } from '#kernel/strings.ts';
import { editRoutes } from '../mounts/edit-routes.ts';
import { editsOf } from '../mounts/edits.ts';
import { placeOf } from '../mounts/place.ts';
import { tagRoutes } from '../mounts/tag-routes.ts';
import { type ResourceMount, resourceRoutes } from '../resource-routes.ts';
import { Description, ResourceFields, resourceFields } from '../shapes.ts';

const ParameterType = ResourceFields.extend({
  name: z.string(),
  description: z.string(),
  structure: z.nullable(z.record(z.string(), z.unknown())),
});
const TypeFields = z.strictObject({
  name: resourceName(),
  description: Description,
  structure: z.nullable(TypeStructure).default(null),
});

const mount: ResourceMount<ParameterTypeData> = {
  path: 'pluginParameterTypes',
  title: 'PluginParameterType',
  scope: 'plugin',
  kind: parameterTypeKind,
  response: ParameterType,
  remove: deleteParameterType,
  shape: async (ctx, rows, beside, versions) =>
    rows.map((type, index) => ({
      ...resourceFields(ctx, beside, type, versions?.[index]),
      name: type.data.name,
      description: type.data.description,
      structure: type.data.structure,
    })),
};

export const typeEdits = editsOf({
  kind: parameterTypeKind,
  fields: TypeFields,
  create: (ctx, { groupId }, fields) => createParameterType(ctx, { ...fields, groupId }),
  changes: TypeFields,
  change: (ctx, { id }, fields) => changeParameterType(ctx, id, fields),
});

export const typeRoutes: readonly Route[] = [
  ...resourceRoutes(mount),
  ...editRoutes(mount, typeEdits),
  ...tagRoutes(placeOf(mount)),
];
