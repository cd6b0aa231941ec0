import { type Context, requirePermission } from '#kernel/context.ts';
import { compare, itemMissing, put } from '#kernel/table.ts';
import {
  isUnderWay,
  newWork,
  placeOf,
  type Recalculation,
  type ResultPlace,
  type ResultRequest,
  recalculationItem,
} from './result.items.ts';
import { announce, dayItems, findWork } from './stored.ts';

async function forgetDays(ctx: Context, place: ResultPlace): Promise<void> {
  requirePermission(ctx, 'write', targetOf(place));
  const items = await dayItems(ctx, place);
  await ctx.table.bulk(items.map(({ pk, sk }) => ({ kind: 'delete', key: { pk, sk } })));
}

const targetOf = ({ groupId, experimentId }: ResultPlace) => ({
  groupId,
  entity: 'experiment',
  lookup: { id: experimentId },
});

export interface Started {
  readonly recalculation: Recalculation;
  /** `false` where one was under way already. */
  readonly isNew: boolean;
}

/**
 * Has every day of a metric's series worked out anew, in the background; what was there goes. One that is
 * under way already goes on instead.
 */
export async function recalculate(
  ctx: Context,
  request: ResultRequest,
  { goesOn }: { readonly goesOn: boolean },
): Promise<Started> {
  const place = placeOf(request);
  requirePermission(ctx, 'write', targetOf(place));
  const before = await findWork(ctx, place, 'series');
  if (before !== undefined && isUnderWay(before)) return { recalculation: before, isNew: false };
  const recalculation = newWork(ctx, { kind: 'series', goesOn, request });
  await forgetDays(ctx, place);
  const unchanged = before === undefined ? itemMissing : compare('id', '=', before.id);
  const written = await ctx.table.write(put(recalculationItem(recalculation), unchanged));
  if (!written.ok) return recalculate(ctx, request, { goesOn });
  await announce(ctx, place);
  return { recalculation, isNew: true };
}
