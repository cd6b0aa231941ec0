import { listRows } from '#domain/projects/index.ts';
import type { Context } from '#kernel/context.ts';
import type { Holdout } from './holdout.items.ts';

/** The holdouts of a project, the newest first. */
export const listHoldouts = async (ctx: Context, groupId: number): Promise<readonly Holdout[]> =>
  [...(await listRows<Holdout>(ctx, 'holdout', groupId))].sort((left, right) => right.id - left.id);
