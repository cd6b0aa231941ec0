import type { Context } from '#kernel/context.ts';
import type { Item, QueryPosition } from '#kernel/table.ts';
import { modelKeys, placeOf, placeOfItem, readDetail } from '../logged-model.items.ts';
import type { LoggedModelDetail } from '../schemas.ts';
import { isThere } from '../scope.ts';

/** The first read is that of a usual page; who needs more reads in bulk. */
const FIRST_ITEMS = 300;
const MORE_ITEMS = 4_000;

/** The items of an experiment, after a place, by model. */
async function* groupsOf(ctx: Context, experimentId: number, after: string | undefined) {
  const query = { pk: modelKeys.partition(experimentId), sk: modelKeys.after(after) };
  let group: Item[] = [];
  let position: QueryPosition | undefined;
  let limit = FIRST_ITEMS;
  do {
    const page = await ctx.table.query({
      ...query,
      limit,
      ...(position === undefined ? {} : { after: position }),
    });
    for (const item of page.items) {
      const [first] = group;
      if (first !== undefined && placeOfItem(first) !== placeOfItem(item)) {
        yield group;
        group = [];
      }
      group.push(item);
    }
    position = page.next;
    limit = MORE_ITEMS;
  } while (position !== undefined);
  if (group.length > 0) yield group;
}

/** The models of an experiment that are not deleted, the latest first. */
async function* modelsOf(ctx: Context, experimentId: number, after: string | undefined) {
  for await (const items of groupsOf(ctx, experimentId, after)) {
    const detail = readDetail(items);
    if (detail !== undefined && isThere(detail)) yield detail;
  }
}

/** The same of many experiments together, in one order. */
export async function* modelsOfAll(
  ctx: Context,
  experimentIds: readonly number[],
  after: string | undefined,
): AsyncGenerator<LoggedModelDetail> {
  const sources = experimentIds.map((id) => modelsOf(ctx, id, after));
  const heads = await Promise.all(sources.map((source) => source.next()));
  for (;;) {
    let best = -1;
    let bestPlace = '~';
    for (const [at, head] of heads.entries()) {
      if (head.done === true || placeOf(head.value.model) >= bestPlace) continue;
      best = at;
      bestPlace = placeOf(head.value.model);
    }
    const [head, source] = [heads[best], sources[best]];
    if (head === undefined || head.done === true || source === undefined) return;
    yield head.value;
    heads[best] = await source.next();
  }
}
