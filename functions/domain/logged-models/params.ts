import { whileContended } from '#domain/resources/index.ts';
import { type Entry, entriesOf, pairs } from '#domain/tracking/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { conflict, invalid } from '#kernel/errors.ts';
import { itemSize } from '#kernel/size.ts';
import { all, compare, type Item, missing, update } from '#kernel/table.ts';
import { modelKeys, type Pointer, requireRoom, splitParams } from './logged-model.items.ts';
import { checkedParams, modelMissing } from './schemas.ts';
import { modelPointer, targetOf } from './scope.ts';

/** What of `wanted` is not there yet. Throws `invalid` (`param_changed`) for another value. */
function absent(modelId: string, there: readonly Entry[], wanted: readonly Entry[]) {
  const values = new Map(there.map(({ key, value }) => [key, value]));
  return wanted.filter(({ key, value }) => {
    const old = values.get(key);
    if (old === undefined || old === value) return old === undefined;
    throw invalid(
      'param_changed',
      `Changing param values is not allowed. Param with key='${key}' was already logged with ` +
        `value='${old}' for logged model ID='${modelId}'. Attempted logging new value '${value}'.`,
    );
  });
}

async function readParams(ctx: Context, pointer: Pointer) {
  const pk = modelKeys.partition(pointer.experimentId);
  const [row, { items: pages }] = await Promise.all([
    ctx.table.get(modelKeys.row(pointer)),
    ctx.table.query({ pk, sk: { prefix: modelKeys.pages(pointer) } }),
  ]);
  if (row === undefined || row.deletedOn !== undefined) throw modelMissing(pointer.id);
  return { row, pages };
}

async function add(ctx: Context, pointer: Pointer, wanted: readonly Entry[]): Promise<void> {
  const { row, pages } = await readParams(ctx, pointer);
  const added = absent(pointer.id, [row, ...pages].flatMap(entriesOf), wanted);
  if (added.length === 0) return;
  const bytes = itemSize({ pk: '', sk: '', entries: row.entries } as Item);
  const more = splitParams(pointer, added, { bytes, pages: pages.length });
  const entries = pairs([...entriesOf(row), ...more.inRow]);
  requireRoom({ ...row, entries } as Item);
  // The version tells a parallel writer that there is something new, be it on a page.
  const same = all(compare('version', '=', row.version as number), missing('deletedOn'));
  const changes = { set: { entries }, add: { version: 1 } };
  const outcome = await ctx.table.transact([
    update(modelKeys.row(pointer), changes, same),
    ...more.pages,
  ]);
  if (!outcome.ok) throw conflict('write_conflict', 'The params are being written by others.');
}

/**
 * Logs params of a model, all or none. A param is written once: the same value again is fine,
 * another one is `invalid` (`param_changed`).
 */
export async function logLoggedModelParams(
  ctx: Context,
  input: { readonly modelId: string; readonly params: readonly Entry[] },
): Promise<void> {
  const pointer = await modelPointer(ctx, input.modelId);
  requirePermission(ctx, 'write', targetOf(pointer));
  const params = checkedParams(input.params);
  await whileContended(ctx, () => add(ctx, pointer, params));
}
