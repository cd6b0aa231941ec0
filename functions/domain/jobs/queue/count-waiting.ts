import { requireAdministrator } from '#domain/identity/index.ts';
import type { Context } from '#kernel/context.ts';
import { partition } from './waiting.ts';

/** Where so many wait nobody needs to know it more exactly, and the index is dear to read. */
const MOST = 500;

/**
 * How many jobs of all groups wait in a pool, at most 500, which stands for more as well. For
 * administrators. Throws `forbidden`.
 */
export async function countWaiting(ctx: Context, pool: string): Promise<number> {
  requireAdministrator(ctx);
  const { items } = await ctx.table.query({ index: 'gsi2', pk: partition(pool), limit: MOST });
  return items.length;
}
