import { whileContended } from '#domain/resources/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import {
  all,
  type Changes,
  type Condition,
  type Item,
  itemExists,
  update,
  type Write,
} from '#kernel/table.ts';
import {
  findModel,
  findVersion,
  modelTarget,
  overtaken,
  type VersionName,
  versionTarget,
} from './find.ts';
import {
  type ModelRow,
  registryKeys,
  sameModel,
  type Text,
  type VersionRow,
} from './registry.items.ts';
import { partKeys } from './texts.ts';

/** What a change of a row is to do. */
export interface RowChange {
  readonly changes: Changes;
  /** Parts of texts that the row is about to name. */
  readonly parts?: readonly Item[];
  /** Texts that it names no more. */
  readonly dropped?: readonly (Text | undefined)[];
}

/** The same of a model, whose revision counts up by itself. */
export interface ModelChange extends RowChange {
  /** Beside that the name must still belong to the same model. */
  readonly if?: Condition;
  readonly others?: readonly Write[];
}

async function writeParts(ctx: Context, { parts = [] }: RowChange): Promise<void> {
  if (parts.length > 0) await ctx.table.bulk(parts.map((item) => ({ kind: 'put', item })));
}

/** What a crash leaves here goes with the model. */
async function removeParts(
  ctx: Context,
  modelId: string,
  { dropped = [] }: RowChange,
): Promise<void> {
  const keys = dropped.flatMap((text) => partKeys(modelId, text));
  if (keys.length > 0) await ctx.table.bulk(keys.map((key) => ({ kind: 'delete', key })));
}

/** The write of a model's row. */
export const modelUpdate = (
  model: ModelRow,
  { changes, if: condition }: Pick<ModelChange, 'changes' | 'if'>,
): Write =>
  update(
    registryKeys.model(model.groupId, model.name),
    { ...changes, add: { revision: 1 } },
    condition === undefined ? sameModel(model) : all(sameModel(model), condition),
  );

async function applyChange(ctx: Context, model: ModelRow, change: ModelChange): Promise<void> {
  requirePermission(ctx, 'read', modelTarget(model));
  await writeParts(ctx, change);
  const write = modelUpdate(model, change);
  const { others = [] } = change;
  const outcome =
    others.length === 0
      ? await ctx.table.write(write)
      : await ctx.table.transact([write, ...others]);
  if (!outcome.ok) throw overtaken();
  await removeParts(ctx, model.id, change);
}

/**
 * Changes a model by what `plan` makes of its row, again if another call comes between; `undefined`
 * changes nothing. Returns the row that was planned with.
 */
export function changeModelRow(
  ctx: Context,
  name: string,
  plan: (model: ModelRow) => ModelChange | undefined,
): Promise<ModelRow> {
  return whileContended(ctx, async () => {
    const model = await findModel(ctx, name);
    requirePermission(ctx, 'write', modelTarget(model));
    const change = plan(model);
    if (change !== undefined) await applyChange(ctx, model, change);
    return model;
  });
}

/** A version with its model, as they are before a change. */
export interface FoundVersion {
  readonly model: ModelRow;
  readonly version: VersionRow;
}

/** The same for a version together with its model, whose permission it takes. */
export function changeModelOfVersion(
  ctx: Context,
  at: VersionName,
  plan: (found: FoundVersion) => Promise<ModelChange> | ModelChange,
): Promise<FoundVersion> {
  return whileContended(ctx, async () => {
    const found = await findVersion(ctx, at);
    requirePermission(ctx, 'write', modelTarget(found.model));
    await applyChange(ctx, found.model, await plan(found));
    return found;
  });
}

/** Changes the row of one version alone. */
export function changeVersionRow(
  ctx: Context,
  at: VersionName,
  plan: (version: VersionRow) => RowChange | undefined,
): Promise<FoundVersion> {
  return whileContended(ctx, async () => {
    const { model, version } = await findVersion(ctx, at);
    requirePermission(ctx, 'write', versionTarget(model, version));
    const change = plan(version);
    if (change === undefined) return { model, version };
    await writeParts(ctx, change);
    const key = registryKeys.version(version.modelId, version.number);
    const outcome = await ctx.table.write(update(key, change.changes, itemExists));
    if (!outcome.ok) throw overtaken();
    await removeParts(ctx, model.id, change);
    return { model, version };
  });
}
