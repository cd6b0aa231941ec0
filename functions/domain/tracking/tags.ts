import { type Context, requirePermission } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';
import { itemExists, put, remove, update, type Write } from '#kernel/table.ts';
import { hiddenTag, inlineTags, runKeys, tagPut } from './run.items.ts';
import { seenBySearches } from './run-index/lagging.ts';
import { checkedTag, type Entry, RUN_NAME_TAG } from './schemas.ts';
import { requireActive, runMissing, runScope, targetOf } from './scope.ts';

/** Sets tags of a run; the last of equal keys counts. The tag of the name renames the run. */
export async function setTags(
  ctx: Context,
  input: { readonly runId: string; readonly tags: readonly Entry[]; readonly path?: string },
): Promise<void> {
  const { runId } = input;
  const scope = await runScope(ctx, runId);
  requirePermission(ctx, 'write', targetOf(scope));
  requireActive(scope);
  const tags = new Map(
    input.tags.map((tag, index) => {
      const checked = checkedTag(tag, input.path === undefined ? '' : `${input.path}[${index}].`);
      return [checked.key, checked];
    }),
  );
  const renamed = tags.get(RUN_NAME_TAG);
  tags.delete(RUN_NAME_TAG);
  const puts = [...tags.values()].map((tag) => tagPut(runId, tag));
  await seenBySearches(ctx, scope, () =>
    Promise.all([
      ...(puts.length > 0 ? [ctx.table.bulk(puts)] : []),
      ...(renamed === undefined
        ? []
        : renameWrites(runId, renamed.value).map((write) => ctx.table.write(write))),
    ]),
  );
}

/** The row holds the name; a tag that was deleted is there again. */
const renameWrites = (runId: string, name: string): readonly Write[] => [
  ...(name === '' ? [] : [update(runKeys.run(runId), { set: { name } }, itemExists)]),
  remove(runKeys.tag(runId, RUN_NAME_TAG)),
];

/** Throws `not_found` when the run has no such tag. Deleting the tag of the name keeps the name. */
export async function deleteTag(
  ctx: Context,
  input: { readonly runId: string; readonly key: string },
): Promise<void> {
  const { runId, key } = input;
  const scope = await runScope(ctx, runId);
  requirePermission(ctx, 'write', targetOf(scope));
  requireActive(scope);
  const [row, item] = await ctx.table.batchGet([runKeys.run(runId), runKeys.tag(runId, key)]);
  if (row === undefined) throw runMissing(runId);
  const inRow = key === RUN_NAME_TAG || inlineTags(row).some((tag) => tag.key === key);
  if (item === undefined ? !inRow : item.deleted === true) {
    throw notFound('run_tag', { run_id: runId, key });
  }
  const at = runKeys.tag(runId, key);
  await seenBySearches(ctx, scope, () =>
    // The row is never rewritten for a tag: a mark hides what it holds.
    ctx.table.write(inRow ? put(hiddenTag(runId, key)) : remove(at)),
  );
}
