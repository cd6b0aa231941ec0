import type { Context } from '#kernel/context.ts';
import { readDetail } from '../run-detail.ts';
import { type Card, cardOf } from '../run-index/card.ts';
import { indexKeys, readMark } from '../run-index/index.items.ts';

/** Runs that are read at once. */
const AT_ONCE = 64;

/** Cards of runs as they are, read from their own partitions; those that are gone are left out. */
export async function readCards(ctx: Context, runIds: readonly string[]): Promise<readonly Card[]> {
  const cards: Card[] = [];
  for (let at = 0; at < runIds.length; at += AT_ONCE) {
    const some = runIds.slice(at, at + AT_ONCE);
    const details = await Promise.all(some.map((runId) => readDetail(ctx, runId)));
    for (const detail of details) if (detail !== undefined) cards.push(cardOf(detail));
  }
  return cards;
}

/** Ids of the runs of an experiment whose entries in the index may lag behind. */
export async function laggingRuns(
  { table }: Pick<Context, 'table'>,
  experimentId: number,
  shards: number,
): Promise<readonly string[]> {
  const pages = await Promise.all(
    Array.from({ length: shards }, (_, shard) =>
      table.query({ pk: indexKeys.marks(experimentId, shard) }),
    ),
  );
  return pages.flatMap(({ items }) => items.map((item) => readMark(item).runId));
}
