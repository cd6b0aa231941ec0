import { removeBlobs } from '#domain/tracking/index.ts';
import { type Context, requireSystem } from '#kernel/context.ts';
import type { Key } from '#kernel/table.ts';
import { modelKeys } from './logged-model.items.ts';

const PAGE = 200;

const gone = ({ pk, sk }: Key) => ({ kind: 'delete' as const, key: { pk, sk } });

/** Where the files of an experiment's models are in the store. */
export const modelFiles = (experimentId: number): string => `runs/models/${experimentId}/`;

/** Removes all logged models of an experiment for good. It may stop anywhere, and be done again. */
export async function purgeLoggedModels(ctx: Context, experimentId: number): Promise<void> {
  requireSystem(ctx);
  await removeBlobs(ctx, modelFiles(experimentId));
  const pk = modelKeys.partition(experimentId);
  for (;;) {
    const { items } = await ctx.table.query({ pk, limit: PAGE });
    if (items.length === 0) return;
    // The pointers first: rows are what finds them.
    const ids = items.flatMap(({ id }) => (typeof id === 'string' ? [id] : []));
    await ctx.table.bulk(ids.map((id) => gone(modelKeys.pointer(id))));
    await ctx.table.bulk(items.map(gone));
  }
}
