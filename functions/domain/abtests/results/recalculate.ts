import { type Context, requirePermission } from '#kernel/context.ts';
import { compare, itemMissing, put } from '#kernel/table.ts';
import {
  placeOf,
  type Recalculation,
  type ResultPlace,
  type ResultRequest,
  recalculationItem,
} from './result.items.ts';
import { dayItems, findRecalculation } from './stored.ts';

/** Wakes up who works things out; where that fails, the sweeper finds the row. */
async function announce(ctx: Context, place: ResultPlace): Promise<void> {
  try {
    await ctx.background.start('recalculate', { task: 'recalculate' });
  } catch (error) {
    ctx.log.error('recalculation_not_announced', { ...place, message: String(error) });
  }
}

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

const isUnderWay = ({ status }: Recalculation): boolean =>
  status === 'pending' || status === 'in_progress';

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
  const before = await findRecalculation(ctx, place);
  if (before !== undefined && isUnderWay(before)) return { recalculation: before, isNew: false };
  const now = ctx.clock.now();
  const recalculation: Recalculation = {
    id: ctx.ids.uuid(),
    status: 'pending',
    ...{ createdOn: now, updatedOn: now, begun: 0, failures: 0, leaseUntil: 0, goesOn, request },
  };
  await forgetDays(ctx, place);
  const unchanged = before === undefined ? itemMissing : compare('id', '=', before.id);
  const written = await ctx.table.write(put(recalculationItem(recalculation), unchanged));
  if (!written.ok) return recalculate(ctx, request, { goesOn });
  await announce(ctx, place);
  return { recalculation, isNew: true };
}
