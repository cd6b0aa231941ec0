import type { Context } from '#kernel/context.ts';
import { ifThere } from '#kernel/errors.ts';
import type { Shelf, Stage } from '../run-index/index.items.ts';
import { experimentScope } from '../scope.ts';

/** Which runs by whether they are deleted. */
export type RunView = 'active' | 'deleted' | 'all';

const STAGES: { readonly [view in RunView]: readonly Stage[] } = {
  active: ['active'],
  deleted: ['deleted'],
  all: ['active', 'deleted'],
};

/** Where the runs of an experiment stand that count as the view wants; those of a deleted one are deleted. */
const stagesOf = (view: RunView, deleted: boolean): readonly Stage[] => {
  if (!deleted) return STAGES[view];
  return view === 'active' ? [] : STAGES.all;
};

/** An experiment whose runs are searched. */
export interface Searched {
  readonly experimentId: number;
  readonly deleted: boolean;
  readonly shards: number;
}

/** Those of the experiments that are there and that the caller may see. */
export async function searchedExperiments(
  ctx: Context,
  ids: readonly number[],
): Promise<readonly Searched[]> {
  const scopes = await Promise.all(
    [...new Set(ids)].map(async (experimentId) => {
      const scope = await ifThere(experimentScope(ctx, experimentId));
      return scope && { experimentId, deleted: scope.deleted, shards: 1 };
    }),
  );
  return scopes.filter((scope) => scope !== undefined);
}

export const shelvesOf = (searched: readonly Searched[], view: RunView): readonly Shelf[] =>
  searched.flatMap(({ experimentId, deleted, shards }) =>
    stagesOf(view, deleted).flatMap((stage) =>
      Array.from({ length: shards }, (_, shard) => ({ experimentId, stage, shard })),
    ),
  );
