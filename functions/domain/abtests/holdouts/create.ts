import { commitRows, newRow } from '#domain/projects/index.ts';
import type { Context } from '#kernel/context.ts';
import { parseFilters, requireFilters } from './filters.ts';
import type { Holdout } from './holdout.items.ts';

export interface HoldoutWishes {
  readonly name?: string;
  readonly description?: string | null;
  /** Unchecked. */
  readonly filters?: unknown;
}

/** Makes a holdout. Throws `invalid` where it holds out nobody, or no share of people. */
export async function createHoldout(
  ctx: Context,
  {
    groupId,
    name,
    description = null,
    filters,
  }: HoldoutWishes & { readonly groupId: number; readonly name: string },
): Promise<Holdout> {
  requireFilters(filters);
  parseFilters(filters, 0);
  const row = await newRow(ctx, 'holdout', groupId);
  const holdout = { ...row, name, description, filters: parseFilters(filters, row.id) };
  await commitRows(ctx, [{ name: 'holdout', after: holdout }]);
  return holdout;
}
