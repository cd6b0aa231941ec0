import type { Context } from '#kernel/context.ts';
import { searchedExperiments } from '../search/shelves.ts';
import { inputKeys } from './inputs.items.ts';

/** That runs of an experiment used a dataset, and what for. */
export interface DatasetUse {
  readonly experimentId: number;
  readonly name: string;
  readonly digest: string;
  readonly context?: string;
}

const MOST_USES = 1_000;

/** What datasets the runs of experiments used, at most 1,000 of each; experiments that cannot be seen have none. */
export async function searchDatasets(
  ctx: Context,
  experimentIds: readonly number[],
): Promise<readonly DatasetUse[]> {
  const searched = await searchedExperiments(ctx, experimentIds);
  const pages = await Promise.all(
    searched.map(({ experimentId }) =>
      ctx.table.query({ pk: inputKeys.uses(experimentId), limit: MOST_USES }),
    ),
  );
  return pages.flatMap(({ items }, at) =>
    items.map((item) => ({
      experimentId: searched[at]?.experimentId ?? 0,
      name: item.name as string,
      digest: item.digest as string,
      ...(item.context === undefined ? {} : { context: item.context as string }),
    })),
  );
}
