import { type Context, requirePermission } from '#kernel/context.ts';
import { endLease, type Hold, readStorage, type StorageRow, takeLease } from './storage.items.ts';

/** What the files of a group take, and what a month of them costs where the store has a price. */
export interface Storage extends StorageRow {
  readonly estimatedUsdPerMonth: number | null;
}

const GIB = 2 ** 30;

const withPrice = (ctx: Context, row: StorageRow): Storage => {
  const price = ctx.settings.usdPerGbMonth;
  const { counted } = row;
  const isKnown = price !== undefined && counted !== undefined;
  return { ...row, estimatedUsdPerMonth: isKnown ? (counted.bytes / GIB) * price : null };
};

/** As it was counted last; nothing before the first time. Whoever calls it has asked for permission. */
export async function storageOf(ctx: Context, groupId: number): Promise<Storage | undefined> {
  const row = await readStorage(ctx, groupId);
  return row && withPrice(ctx, row);
}

async function start(ctx: Context, hold: Hold): Promise<void> {
  try {
    await ctx.background.start('measure', { ...hold });
  } catch (error) {
    await endLease(ctx, hold);
    throw error;
  }
}

/**
 * Has the files of a group counted in the background, unless that is under way or was done within the last
 * minute; tells how it stands. Throws `not_found`, `forbidden`, `unavailable`.
 */
export async function measureStorage(ctx: Context, groupId: number): Promise<Storage> {
  const lookup = { group_id: groupId };
  requirePermission(ctx, 'write', { groupId, entity: 'group', lookup });
  const hold = await takeLease(ctx, groupId);
  if (hold !== undefined) await start(ctx, hold);
  return withPrice(ctx, (await readStorage(ctx, groupId)) ?? { measuring: false });
}
