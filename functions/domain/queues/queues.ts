import {
  changeResource,
  createResource,
  namedKind,
  type Resource,
} from '#domain/resources/index.ts';
import type { Context, Pool } from '#kernel/context.ts';

/** A queue of jobs: it maps by its name to a pool of workers, else to the pool `default`. */
export interface QueueData {
  readonly name: string;
  readonly description: string;
}
export type Queue = Resource<QueueData>;

export const queueKind = namedKind<QueueData>('queue', {
  keptWhenDeleted: true,
  goneForChanges: true,
  order: 'snapshot',
});

export const createQueue = (
  ctx: Context,
  input: QueueData & { readonly groupId: number },
): Promise<Queue> => {
  const { groupId, name, description } = input;
  return createResource(ctx, queueKind, { groupId, data: { name, description } });
};

export const changeQueue = (ctx: Context, id: number, data: QueueData): Promise<Queue> =>
  changeResource(ctx, queueKind, id, () => ({ data }));

/** The pool whose workers run the jobs of this queue. */
export function poolOf(ctx: Pick<Context, 'settings'>, queueName: string): Pool {
  const named = (name: string) => ctx.settings.pools.find((pool) => pool.name === name);
  return named(queueName) ?? named('default') ?? { name: 'default', kind: 'managed' };
}
