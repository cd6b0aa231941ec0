import type { Context } from '#kernel/context.ts';
import { pad } from '#kernel/keys.ts';
import { queryPages } from '#kernel/query-pages.ts';
import { groupsInOrder } from './find.ts';
import {
  type ModelRow,
  readModelRow,
  readPointer,
  readVersionRow,
  registryKeys,
  type VersionRow,
} from './registry.items.ts';
import type { Candidate } from './search.ts';
import { versionsDown } from './stage-rows.ts';

/** Rows that a query reads at a time, at most. */
const PAGE = 500;
const HIGHEST = 999_999_999_999_999;

/** A version that a search may show, with the name of its model. */
export interface Found extends Candidate {
  readonly row: VersionRow;
  readonly model: string;
}

/** Versions as they are read, page by page. */
export type Pages = AsyncGenerator<readonly Found[]>;

const foundOf = (row: VersionRow, model: string): Found => ({
  row,
  model,
  modelId: row.modelId,
  tags: row.tags,
  attribute: (key) => {
    if (key === 'name') return model;
    if (key === 'version_number') return row.number;
    // Without a run it is the empty text, as MLflow's own server has it.
    return key === 'run_id' ? (row.runId ?? '') : row.source;
  },
});

/** Gives versions the names of their models; those of models that are deleted go. */
function naming(ctx: Context) {
  const names = new Map<string, string | undefined>();
  return async (rows: readonly VersionRow[]): Promise<readonly Found[]> => {
    const unknown = [...new Set(rows.map(({ modelId }) => modelId))].filter((id) => !names.has(id));
    const pointers =
      unknown.length === 0
        ? []
        : await ctx.table.batchGet(unknown.map((id) => registryKeys.pointer(id)));
    for (const [index, id] of unknown.entries()) {
      const item = pointers[index];
      const pointer = item === undefined ? undefined : readPointer(item);
      names.set(id, pointer?.deletedOn === undefined ? pointer?.name : undefined);
    }
    return rows.flatMap((row) => {
      const name = names.get(row.modelId);
      return name === undefined ? [] : [foundOf(row, name)];
    });
  };
}

/** The versions that came from these runs, in the caller's groups. */
export async function* versionsOfRuns(ctx: Context, runIds: readonly string[]): Pages {
  const name = naming(ctx);
  for (const runId of runIds) {
    for (const groupId of groupsInOrder(ctx)) {
      const prefix = registryKeys.inGroup(groupId);
      const query = { pk: registryKeys.ofRun(runId), sk: { prefix }, limit: PAGE };
      for await (const items of queryPages(ctx, query)) {
        const keys = items.map((item) =>
          registryKeys.version(item.modelId as string, item.number as number),
        );
        const rows = keys.length === 0 ? [] : await ctx.table.batchGet(keys);
        yield await name(rows.flatMap((row) => (row === undefined ? [] : [readVersionRow(row)])));
      }
    }
  }
}

/** The versions of a model, the newest first, from a number on. */
async function* versionsOf(
  ctx: Context,
  { id, name }: ModelRow,
  from: number,
): AsyncGenerator<readonly Found[]> {
  for await (const rows of versionsDown(ctx, id, from)) {
    yield rows.map((row) => foundOf(row, name));
  }
}

/** The versions of models with these names, of each model the newest first. */
export async function* versionsOfNames(
  ctx: Context,
  names: readonly string[],
  from = HIGHEST,
): Pages {
  const keys = groupsInOrder(ctx).flatMap((groupId) =>
    names.map((name) => registryKeys.model(groupId, name)),
  );
  for (const item of await ctx.table.batchGet(keys)) {
    if (item !== undefined) yield* versionsOf(ctx, readModelRow(item), from);
  }
}

/** All versions of a group by the names of their models, of each model the newest first. */
export async function* versionsByName(
  ctx: Context,
  groupId: number,
  from: { readonly name: string; readonly number: number } | undefined,
): Pages {
  const start =
    from === undefined ? registryKeys.models : registryKeys.model(groupId, from.name).sk;
  const sk = { from: start, to: registryKeys.modelsFrom('\u{10ffff}') };
  for await (const items of queryPages(ctx, {
    pk: registryKeys.ofGroup(groupId),
    sk,
    limit: PAGE,
  })) {
    for (const model of items.map(readModelRow)) {
      const number = model.name === from?.name ? from.number : HIGHEST;
      yield* versionsOf(ctx, model, number);
    }
  }
}

/** All versions of a group, the last changed first, from a place in that order on. */
export async function* versionsByChange(
  ctx: Context,
  groupId: number,
  from: string | undefined,
  limit: number,
): Pages {
  const name = naming(ctx);
  const query = {
    index: 'gsi1',
    pk: registryKeys.versionsOfGroup(groupId),
    sk: { from: from ?? pad(0) },
    limit: Math.min(limit, PAGE),
  } as const;
  for await (const items of queryPages(ctx, query)) yield await name(items.map(readVersionRow));
}
