import * as z from 'zod';
import { changeQueue, createQueue, type QueueData, queueKind } from '#domain/queues/index.ts';
import type { Route } from '#http/route.ts';
import { resourceName } from '#kernel/strings.ts';
import { editRoutes } from '../mounts/edit-routes.ts';
import { editsOf } from '../mounts/edits.ts';
import { placeOf } from '../mounts/place.ts';
import { tagRoutes } from '../mounts/tag-routes.ts';
import { type ResourceMount, resourceRoutes } from '../resource-routes.ts';
import { Description, ResourceFields, resourceFields } from '../shapes.ts';

const Queue = ResourceFields.extend({ name: z.string(), description: z.string() });
const QueueFields = z.strictObject({ name: resourceName(), description: Description });

const mount: ResourceMount<QueueData> = {
  path: 'queues',
  title: 'Queue',
  scope: 'queue',
  kind: queueKind,
  response: Queue,
  bareDelete: true,
  shape: async (ctx, rows, beside, versions) =>
    rows.map((queue, index) => ({
      ...resourceFields(ctx, beside, queue, versions?.[index]),
      name: queue.data.name,
      description: queue.data.description,
    })),
};

export const queueEdits = editsOf({
  kind: queueKind,
  fields: QueueFields,
  create: (ctx, { groupId }, fields) => createQueue(ctx, { ...fields, groupId }),
  changes: QueueFields,
  change: (ctx, { id }, fields) => changeQueue(ctx, id, fields),
});

export const queueRoutes: readonly Route[] = [
  ...resourceRoutes(mount),
  ...editRoutes(mount, queueEdits),
  ...tagRoutes(placeOf(mount)),
];
