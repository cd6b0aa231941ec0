import type { Context } from '#kernel/context.ts';
import { queryPages } from '#kernel/query-pages.ts';
import { readVersionRow, registryKeys, type VersionRow } from './registry.items.ts';
import type { Stage } from './schemas.ts';

const PAGE = 100;

/** Versions of a model from a number on downwards. */
export async function* versionsDown(
  ctx: Context,
  modelId: string,
  from: number,
): AsyncGenerator<readonly VersionRow[]> {
  const query = {
    pk: registryKeys.partition(modelId),
    sk: { from: registryKeys.versions, to: registryKeys.version(modelId, from).sk },
    order: 'descending',
    limit: PAGE,
  } as const;
  for await (const items of queryPages(ctx, query)) yield items.map(readVersionRow);
}

/** The newest version in a stage up to a number. */
export async function newestInStage(
  ctx: Context,
  modelId: string,
  stage: Stage,
  upTo: number,
): Promise<VersionRow | undefined> {
  for await (const rows of versionsDown(ctx, modelId, upTo)) {
    const found = rows.find((row) => row.stage === stage);
    if (found !== undefined) return found;
  }
  return undefined;
}
