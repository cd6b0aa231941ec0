import type { Context } from '#kernel/context.ts';
import type { Item } from '#kernel/table.ts';
import { pagesOf } from './experiment.items.ts';
import { experimentKeys, readSide } from './side.items.ts';
import type { TagPages } from './tag-pages.ts';

/** The side of an experiment, with all its tags. */
export interface WholeSide {
  readonly item: Item | undefined;
  readonly pages: TagPages;
}

const morePages = (experimentId: number, item: Item | undefined) =>
  Array.from({ length: readSide(item).pages }, (_, at) =>
    experimentKeys.page(experimentId, at + 1),
  );

/** The sides of experiments, in their order; a second step where some have many tags. */
export async function readSides(
  ctx: Pick<Context, 'table'>,
  experimentIds: readonly number[],
): Promise<readonly WholeSide[]> {
  if (experimentIds.length === 0) return [];
  const items = await ctx.table.batchGet(experimentIds.map(experimentKeys.side));
  const keys = experimentIds.map((id, at) => morePages(id, items[at]));
  const wanted = keys.flat();
  const pages = wanted.length === 0 ? [] : await ctx.table.batchGet(wanted);
  let next = 0;
  return items.map((item, at) => {
    const others = pages.slice(next, next + (keys[at]?.length ?? 0));
    next += others.length;
    return { item, pages: pagesOf(item, others) };
  });
}

export async function readWholeSide(
  ctx: Pick<Context, 'table'>,
  experimentId: number,
): Promise<WholeSide> {
  const item = await ctx.table.get(experimentKeys.side(experimentId));
  const keys = morePages(experimentId, item);
  const others = keys.length === 0 ? [] : await ctx.table.batchGet(keys);
  return { item, pages: pagesOf(item, others) };
}
