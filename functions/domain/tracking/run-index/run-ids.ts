import { type Context, requireSystem } from '#kernel/context.ts';
import { queryPages } from '#kernel/query-pages.ts';
import { indexKeys, type Stage } from './index.items.ts';
import { runOfTail } from './place.ts';

const PAGE = 500;
const STAGES: readonly Stage[] = ['active', 'deleted'];

async function* sortKeys(ctx: Context, pk: string): AsyncGenerator<readonly string[]> {
  const query = { pk, limit: PAGE, eventual: true };
  for await (const items of queryPages(ctx, query)) yield items.map(({ sk }) => sk);
}

/** Ids of the runs of an experiment, deleted ones too, page by page; some may come twice, or be gone. */
export async function* runIdsOf(
  ctx: Context,
  experimentId: number,
): AsyncGenerator<readonly string[]> {
  requireSystem(ctx);
  for (const stage of STAGES) {
    const cards = sortKeys(ctx, indexKeys.cards({ experimentId, stage, shard: 0 }));
    for await (const page of cards) yield page.map(runOfTail);
  }
  yield* sortKeys(ctx, indexKeys.marks(experimentId, 0));
}
