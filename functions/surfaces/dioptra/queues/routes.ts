import * as z from 'zod';
import {
  changeQueue,
  createQueue,
  MAX_PRIORITY,
  type QueueData,
  queueKind,
} from '#domain/queues/index.ts';
import type { Route } from '#http/route.ts';
import { resourceName } from '#kernel/strings.ts';
import { editRoutes } from '../mounts/edit-routes.ts';
import { editsOf } from '../mounts/edits.ts';
import { placeOf } from '../mounts/place.ts';
import { tagRoutes } from '../mounts/tag-routes.ts';
import { type ResourceMount, resourceRoutes } from '../resource-routes.ts';
import { Description, ResourceFields, resourceFields } from '../shapes.ts';

const Queue = ResourceFields.extend({
  name: z.string(),
  description: z.string(),
  /** Our own, as it is in what comes in: jobs of queues with more go first within their group. */
  priority: z.int(),
});
const QueueFields = z.strictObject({
  name: resourceName(),
  description: Description,
  priority: z.int().min(-MAX_PRIORITY).max(MAX_PRIORITY).optional(),
});

type Fields = z.output<typeof QueueFields>;
const queueOf = ({ priority, ...text }: Fields): QueueData =>
  priority === undefined ? text : { ...text, priority };

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
      priority: queue.data.priority ?? 0,
    })),
};

export const queueEdits = editsOf({
  kind: queueKind,
  fields: QueueFields,
  create: (ctx, { groupId }, fields) => createQueue(ctx, { ...queueOf(fields), groupId }),
  changes: QueueFields,
  change: (ctx, { id }, fields) => changeQueue(ctx, id, queueOf(fields)),
});

export const queueRoutes: readonly Route[] = [
  ...resourceRoutes(mount),
  ...editRoutes(mount, queueEdits),
  ...tagRoutes(placeOf(mount)),
];
