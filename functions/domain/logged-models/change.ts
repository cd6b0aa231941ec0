import type { Entry } from '#domain/tracking/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';
import { all, type Changes, exists, itemExists, missing, update } from '#kernel/table.ts';
import { modelKeys, type Pointer, requireRoom, tagAttributes } from './logged-model.items.ts';
import { checkedTags, type LoggedModelDetail, type ModelStatus, modelMissing } from './schemas.ts';
import { getLoggedModel, modelPointer, targetOf } from './scope.ts';

const isActive = all(itemExists, missing('deletedOn'));

/** Changes the row of a model that is not deleted. Throws `not_found`. */
async function changeRow(ctx: Context, pointer: Pointer, changes: Changes): Promise<void> {
  const outcome = await ctx.table.write(update(modelKeys.row(pointer), changes, isActive));
  if (!outcome.ok) throw modelMissing(pointer.id);
}

/** Says how the upload of a model went; the status may change again. */
export async function finalizeLoggedModel(
  ctx: Context,
  input: { readonly modelId: string; readonly status: ModelStatus },
): Promise<LoggedModelDetail> {
  const pointer = await modelPointer(ctx, input.modelId);
  requirePermission(ctx, 'write', targetOf(pointer));
  const set = { status: input.status, updatedOn: ctx.clock.now() };
  await changeRow(ctx, pointer, { set });
  return getLoggedModel(ctx, input);
}

/** Deletes a model; it can be got on request, its files stay. Throws `not_found` for a deleted one. */
export async function deleteLoggedModel(
  ctx: Context,
  input: { readonly modelId: string },
): Promise<void> {
  const pointer = await modelPointer(ctx, input.modelId);
  requirePermission(ctx, 'write', targetOf(pointer));
  const now = ctx.clock.now();
  await changeRow(ctx, pointer, { set: { deletedOn: now, updatedOn: now } });
}

/** Sets tags of a model; the last of equal keys counts. */
export async function setLoggedModelTags(
  ctx: Context,
  input: { readonly modelId: string; readonly tags: readonly Entry[] },
): Promise<void> {
  const pointer = await modelPointer(ctx, input.modelId);
  requirePermission(ctx, 'write', targetOf(pointer));
  const set = tagAttributes(checkedTags(input.tags));
  const row = await ctx.table.get(modelKeys.row(pointer));
  if (row === undefined || row.deletedOn !== undefined) throw modelMissing(pointer.id);
  if (input.tags.length === 0) return;
  requireRoom({ ...row, ...set });
  await changeRow(ctx, pointer, { set });
}

/** Throws `not_found` when the model has no such tag. */
export async function deleteLoggedModelTag(
  ctx: Context,
  input: { readonly modelId: string; readonly key: string },
): Promise<void> {
  const { modelId, key } = input;
  const pointer = await modelPointer(ctx, modelId);
  requirePermission(ctx, 'write', targetOf(pointer));
  const name = modelKeys.tag(key);
  const outcome = await ctx.table.write(
    update(modelKeys.row(pointer), { remove: [name] }, all(isActive, exists(name))),
  );
  if (outcome.ok) return;
  if (outcome.item === undefined || outcome.item.deletedOn !== undefined)
    throw modelMissing(modelId);
  throw notFound('logged_model_tag', { model_id: modelId, key });
}
