import { type Context, requireSystem } from '#kernel/context.ts';
import type { Key } from '#kernel/table.ts';
import { readVersionRow, registryKeys } from './registry.items.ts';

/** Calls that were under way when a model was deleted have ended by then. */
const GRACE_MS = 60_000;
const MAX_MODELS = 20;
const PAGE = 500;

const deletes = (keys: readonly Key[]) => keys.map((key) => ({ kind: 'delete', key }) as const);

/** What finds versions goes before them, and last of all what finds the model: so this may stop anywhere. */
async function purgeModel(ctx: Context, pointer: Key): Promise<void> {
  requireSystem(ctx);
  for (;;) {
    const { items } = await ctx.table.query({ pk: pointer.pk, limit: PAGE });
    const rows = items.filter((item) => item.sk !== pointer.sk);
    if (rows.length === 0) break;
    const ofRuns = rows
      .filter(({ sk, runId }) => sk.startsWith(registryKeys.versions) && runId !== undefined)
      .map((item) => registryKeys.versionOfRun(readVersionRow(item)));
    await ctx.table.bulk(deletes(ofRuns));
    await ctx.table.bulk(deletes(rows.map(({ pk, sk }) => ({ pk, sk }))));
  }
  await ctx.table.bulk(deletes([pointer]));
}

/** Removes what is left of models that were deleted; returns of how many. It may be run again, and at the same time. */
export async function purgeModels(ctx: Context): Promise<number> {
  requireSystem(ctx);
  const { items } = await ctx.table.query({
    index: 'gsi2',
    pk: registryKeys.deleted,
    sk: { to: registryKeys.deletedUntil(ctx.clock.now() - GRACE_MS) },
    limit: MAX_MODELS,
  });
  for (const { pk, sk } of items) await purgeModel(ctx, { pk, sk });
  return items.length;
}
