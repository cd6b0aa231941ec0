import type { Context } from '#kernel/context.ts';
import type { Item } from '#kernel/table.ts';
import { experimentKeys, pagesOf, readSide } from './experiment.items.ts';
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

export async function readWholeSide(
  ctx: Pick<Context, 'table'>,
  experimentId: number,
): Promise<WholeSide> {
  const item = await ctx.table.get(experimentKeys.side(experimentId));
  const keys = morePages(experimentId, item);
  const others = keys.length === 0 ? [] : await ctx.table.batchGet(keys);
  return { item, pages: pagesOf(item, others) };
}
