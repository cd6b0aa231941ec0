import type { Context } from '#kernel/context.ts';
import type { Item } from '#kernel/table.ts';
import {
  type Recalculation,
  type ResultPlace,
  readRecalculation,
  resultKeys,
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

export async function findRecalculation(
  { table }: Pick<Context, 'table'>,
  place: ResultPlace,
): Promise<Recalculation | undefined> {
  const item = await table.get(resultKeys.recalculation(place));
  return item === undefined ? undefined : readRecalculation(item);
}
