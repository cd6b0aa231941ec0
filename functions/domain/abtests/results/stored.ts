import type { Context } from '#kernel/context.ts';
import type { Item } from '#kernel/table.ts';
import {
  type Recalculation,
  type ResultPlace,
  readRecalculation,
  resultKeys,
  type WorkKind,
} from './result.items.ts';

/** All rows of a series, in the order of its days. */
export async function dayItems(
  { table }: Pick<Context, 'table'>,
  place: ResultPlace,
): Promise<readonly Item[]> {
  const query = { pk: resultKeys.partition(place), sk: { prefix: resultKeys.days(place) } };
  let page = await table.query(query);
  const items = [...page.items];
  while (page.next !== undefined) {
    page = await table.query({ ...query, after: page.next });
    items.push(...page.items);
  }
  return items;
}

/** What is worked out in the background for a metric, or was the last time. */
export async function findWork(
  { table }: Pick<Context, 'table'>,
  place: ResultPlace,
  kind: WorkKind,
): Promise<Recalculation | undefined> {
  const item = await table.get(resultKeys.work(place, kind));
  return item === undefined ? undefined : readRecalculation(item);
}

/** Wakes up who works things out; where that fails, the sweeper finds the row. */
export async function announce(ctx: Context, place: ResultPlace): Promise<void> {
  try {
    await ctx.background.start('recalculate', { task: 'recalculate' });
  } catch (error) {
    ctx.log.error('recalculation_not_announced', { ...place, message: String(error) });
  }
}
