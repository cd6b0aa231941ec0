import {
  changeResource,
  createResource,
  namedKind,
  type Resource,
} from '#domain/resources/index.ts';
import type { Context, Pool } from '#kernel/context.ts';

/** Bounds of a queue's priority, on both sides of 0. */
export const MAX_PRIORITY = 100;

/** A queue of jobs: it maps by its name to a pool of workers, else to the pool `default`. */
export interface QueueData {
  readonly name: string;
  readonly description: string;
  /** Jobs of queues with more go first within their group; 0 when missing. */
  readonly priority?: number;
}

/** `lockedOn`: since when nobody may submit jobs to it. */
export type Queue = Resource<QueueData> & { readonly lockedOn?: number };

export const queueKind = namedKind<QueueData>('queue', {
  keptWhenDeleted: true,
  goneForChanges: true,
  order: 'snapshot',
});

export const createQueue = (
  ctx: Context,
  input: QueueData & { readonly groupId: number },
): Promise<Queue> => {
  const { groupId, name, description, priority } = input;
  return createResource(ctx, queueKind, { groupId, data: queueData(name, description, priority) });
};

const queueData = (name: string, description: string, priority = 0): QueueData => ({
  name,
  description,
  ...(priority === 0 ? {} : { priority }),
});

/** Replaces name and description; a priority that is not named stays, as clients of before know none. */
export const changeQueue = (ctx: Context, id: number, wanted: QueueData): Promise<Queue> =>
  changeResource(ctx, queueKind, id, ({ data }) => ({
    data: queueData(wanted.name, wanted.description, wanted.priority ?? data.priority),
  }));

/** Locks a queue, so that nobody may submit jobs to it, or unlocks it; jobs that wait there go on. */
export const lockQueue = (ctx: Context, id: number, isLocked: boolean): Promise<Queue> =>
  changeResource(ctx, queueKind, id, (queue: Queue) =>
    isLocked === (queue.lockedOn !== undefined)
      ? undefined
      : isLocked
        ? { extra: { lockedOn: ctx.clock.now() } }
        : { removeExtra: ['lockedOn'] },
  );

/** The pool whose workers run the jobs of this queue. */
export function poolOf(ctx: Pick<Context, 'settings'>, queueName: string): Pool {
  const named = (name: string) => ctx.settings.pools.find((pool) => pool.name === name);
  return named(queueName) ?? named('default') ?? { name: 'default', kind: 'managed' };
}
