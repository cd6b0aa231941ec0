import * as z from 'zod';
import { changeQueue, createQueue, type QueueData, queueKind } from '#domain/queues/index.ts';
import { type Route, route, writes } from '#http/route.ts';
import { resourceName } from '#kernel/strings.ts';
import { type ResourceMount, resourceRoutes, shapeOne } from '../resource-routes.ts';
import { Description, GroupId, ResourceFields, resourceFields } from '../shapes.ts';

const Queue = ResourceFields.extend({ name: z.string(), description: z.string() });
const QueueChange = z.strictObject({ name: resourceName(), description: Description });
const NewQueue = QueueChange.extend({ group: GroupId });

const mount: ResourceMount<QueueData> = {
  path: 'queues',
  title: 'Queue',
  scope: 'queue',
  kind: queueKind,
  response: Queue,
  bareDelete: true,
  shape: async (ctx, rows, names, versions) =>
    rows.map((queue, index) => ({
      ...resourceFields(ctx, names, queue, versions?.[index]),
      name: queue.data.name,
      description: queue.data.description,
    })),
};

export const queueRoutes: readonly Route[] = [
  ...resourceRoutes(mount),
  route({
    method: 'POST',
    path: '/queues',
    operationId: 'createQueue',
    summary: 'Creates a queue in a group.',
    access: writes('queue'),
    body: NewQueue,
    response: Queue,
    handle: async ({ ctx, body: { group, ...queue } }) =>
      shapeOne(mount, ctx, await createQueue(ctx, { ...queue, groupId: group })),
  }),
  route({
    method: 'PUT',
    path: '/queues/{id:int}',
    operationId: 'changeQueue',
    summary: 'Replaces name and description; makes a snapshot.',
    access: writes('queue'),
    body: QueueChange,
    response: Queue,
    handle: async ({ ctx, params, body }) =>
      shapeOne(mount, ctx, await changeQueue(ctx, params.id, body)),
  }),
];
