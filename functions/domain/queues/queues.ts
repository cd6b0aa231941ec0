import {
  changeResource,
  createResource,
  groupList,
  type Kind,
  type Resource,
  summaryText,
} from '#domain/resources/index.ts';
import type { Context, Pool } from '#kernel/context.ts';

/** A queue of jobs: it maps by its name to a pool of workers, else to the pool `default`. */
export interface QueueData {
  readonly name: string;
  readonly description: string;
}
export type Queue = Resource<QueueData>;

export const queueKind: Kind<QueueData> = {
  type: 'queue',
  uniqueName: ({ groupId, data }) => ({
    scope: String(groupId),
    name: data.name,
    shown: { name: data.name, group_id: groupId },
  }),
  keptWhenDeleted: true,
  goneForChanges: true,
  lists: (queue) => [groupList(queue)],
  order: 'snapshot',
  summary: ({ data }) => ({ name: data.name, description: summaryText(data.description) }),
  searchable: ['name', 'description', 'tag'],
  sortable: {
    name: 'name',
    createdOn: 'createdOn',
    lastModifiedOn: 'lastModifiedOn',
    description: 'description',
  },
};

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
