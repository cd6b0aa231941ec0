import * as z from 'zod';
import { changeModel, createModel } from '#domain/models/index.ts';
import type { Route } from '#http/route.ts';
import { modelName } from '#kernel/strings.ts';
import { editRoutes } from '../mounts/edit-routes.ts';
import { editsOf } from '../mounts/edits.ts';
import { placeOf } from '../mounts/place.ts';
import { tagRoutes } from '../mounts/tag-routes.ts';
import { resourceRoutes } from '../resource-routes.ts';
import { Description } from '../shapes.ts';
import { versionRoutes } from './version-routes.ts';
import { modelMount } from './wire.ts';

const ModelFields = z.strictObject({ name: modelName(), description: Description });

export const modelEdits = editsOf({
  kind: modelMount.kind,
  fields: ModelFields,
  create: (ctx, { groupId }, fields) => createModel(ctx, { ...fields, groupId }),
  changes: ModelFields,
  change: (ctx, { id }, fields) => changeModel(ctx, id, fields),
});

export const modelRoutes: readonly Route[] = [
  ...resourceRoutes(modelMount),
  ...editRoutes(modelMount, modelEdits),
  ...tagRoutes(placeOf(modelMount)),
  ...versionRoutes,
];
