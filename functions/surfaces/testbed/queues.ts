import * as z from 'zod';
import {
  changeQueue,
  createQueue,
  lockQueue,
  type Queue,
  queueKind,
} from '#domain/queues/index.ts';
import { deleteResource, resourceTag } from '#domain/resources/index.ts';
import { homeGroup } from '#domain/tracking/index.ts';
import { tagged } from '#http/entity-tag.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { AppError, ifThere } from '#kernel/errors.ts';
import { DoneById, DoneByName, done, wholeList } from './answers.ts';
import { findByName, getLive, listAll } from './lookup.ts';
import { naiveTime, namedIn, QueueName } from './names.ts';

const QueueAnswer = z.object({
  queueId: z.int(),
  createdOn: z.string(),
  lastModified: z.string(),
  name: z.string(),
});
const Form = z.object({ name: QueueName });

const shape = ({ id, createdOn, snapshotOn, data }: Queue) => ({
  queueId: id,
  createdOn: naiveTime(createdOn),
  lastModified: naiveTime(snapshotOn),
  name: data.name,
});
const oneQueue = (queue: Queue): object => tagged(shape(queue), resourceTag(queueKind, queue));

/** How one queue is named: what leads to it, and how answers tell which it was. */
interface Named {
  readonly path: string;
  readonly title: string;
  readonly find: (ctx: Context, params: never) => Promise<Queue>;
  readonly told: (queue: Queue | undefined) => { readonly [field: string]: unknown };
  readonly lockAnswer: z.ZodType;
}

const idOf = (queue: Queue | undefined) => ({ id: queue === undefined ? [] : [queue.id] });

const byId: Named = {
  path: '/queue/{queueId:int}',
  title: 'Queue',
  find: (ctx, { queueId }: { readonly queueId: number }) => getLive(ctx, queueKind, queueId),
  told: idOf,
  lockAnswer: DoneById,
};
const byName: Named = {
  path: '/queue/name/{queueName}',
  title: 'QueueByName',
  find: (ctx, { queueName }: { readonly queueName: string }) =>
    findByName(ctx, queueKind, namedIn(queueName)),
  told: (queue) => ({ name: queue === undefined ? [] : [queue.data.name] }),
  lockAnswer: DoneByName,
};

/** Whoever locked it counts on it staying what it is. */
function requireUnlocked({ id, lockedOn }: Queue): void {
  if (lockedOn === undefined) return;
  throw new AppError('locked', 'Unlock it before you give it another name.', {
    reason: 'queue_locked',
    detail: { entity: 'queue', resource_id: id },
  });
}

const lockRoutes = ({ path, title, find, told, lockAnswer }: Named): readonly Route[] =>
  (
    [
      ['PUT', 'lock', true],
      ['DELETE', 'unlock', false],
    ] as const
  ).map(([method, verb, isLocked]) =>
    route({
      method,
      path: `${path}/lock`,
      operationId: `${verb}${title}`,
      summary: isLocked
        ? 'Lock a queue: nobody may submit jobs to it, and lists leave it out.'
        : 'Unlock a queue.',
      access: writes('queue'),
      response: lockAnswer,
      handle: async ({ ctx, params }) => {
        const queue = await find(ctx, params as never);
        await lockQueue(ctx, queue.id, isLocked);
        return done(told(queue));
      },
    }),
  );

const oneRoutes = (named: Named): readonly Route[] => [
  route({
    method: 'GET',
    path: named.path,
    operationId: `get${named.title}`,
    summary: 'One queue, locked or not.',
    access: reads('queue', { jobs: true }),
    response: QueueAnswer,
    handle: async ({ ctx, params }) => oneQueue(await named.find(ctx, params as never)),
  }),
  route({
    method: 'PUT',
    path: named.path,
    operationId: `rename${named.title}`,
    summary: 'Give a queue another name; not while it is locked.',
    access: writes('queue'),
    body: Form,
    response: QueueAnswer,
    handle: async ({ ctx, params, body }) => {
      const queue = await named.find(ctx, params as never);
      requireUnlocked(queue);
      return oneQueue(await changeQueue(ctx, queue.id, { ...queue.data, name: body.name }));
    },
  }),
  route({
    method: 'DELETE',
    path: named.path,
    operationId: `delete${named.title}`,
    summary: 'Delete a queue; one that is not there is no fault.',
    access: writes('queue'),
    response: DoneById,
    handle: async ({ ctx, params }) => {
      const queue = await ifThere(named.find(ctx, params as never));
      if (queue !== undefined) await deleteResource(ctx, queueKind, queue.id);
      return done(idOf(queue));
    },
  }),
  ...lockRoutes(named),
];

export const queueRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/queue',
    operationId: 'listQueues',
    summary: 'All queues that are not locked.',
    access: reads('queue', { jobs: true }),
    response: z.array(QueueAnswer),
    handle: async ({ ctx, request }) => {
      const queues: readonly Queue[] = await listAll(ctx, queueKind);
      const open = queues.filter(({ lockedOn }) => lockedOn === undefined);
      return wholeList(ctx, request, open.map(shape));
    },
  }),
  route({
    method: 'POST',
    path: '/queue',
    operationId: 'registerQueue',
    summary: 'Register a queue.',
    access: writes('queue'),
    body: Form,
    response: QueueAnswer,
    handle: async ({ ctx, body }) => {
      const groupId = homeGroup(ctx);
      return oneQueue(await createQueue(ctx, { groupId, name: body.name, description: '' }));
    },
  }),
  ...oneRoutes(byId),
  ...oneRoutes(byName),
];
