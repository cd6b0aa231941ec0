import { type Context, readableGroups, requirePermission, type Target } from '#kernel/context.ts';
import { type AppError, conflict, notFound } from '#kernel/errors.ts';
import {
  type ModelRow,
  readModelRow,
  readVersionRow,
  registryKeys,
  type VersionRow,
} from './registry.items.ts';
import { requireModelName, versionNumber } from './schemas.ts';

/** What permission is asked for when a model is written. */
export const modelTarget = ({
  groupId,
  name,
  jobId,
}: Pick<ModelRow, 'groupId' | 'name' | 'jobId'>): Target => ({
  groupId,
  entity: 'registered_model',
  lookup: { name },
  ...(jobId === undefined ? {} : { jobId }),
});

/** What permission is asked for when a version is written, which may be a job's where its model is not. */
export const versionTarget = (model: ModelRow, { number, jobId }: VersionRow): Target => ({
  groupId: model.groupId,
  entity: 'model_version',
  lookup: { name: model.name, version: number },
  ...(jobId === undefined ? {} : { jobId }),
});

export const modelMissing = (name: string): AppError => notFound('registered_model', { name });

export const versionMissing = (name: string, version: number): AppError =>
  notFound('model_version', { name, version });

/** Another call came between what was read and what was to be written. */
export const overtaken = (): AppError =>
  conflict('write_conflict', 'The model was changed at the same time; try again.');

export const groupsInOrder = (ctx: Context): readonly number[] =>
  [...readableGroups(ctx)].sort((a, b) => a - b);

/** The model of this name in the first of the caller's groups that has one. Throws `not_found`. */
export async function findModel(ctx: Context, name: string): Promise<ModelRow> {
  requireModelName(name);
  const groups = groupsInOrder(ctx);
  const items = await ctx.table.batchGet(groups.map((id) => registryKeys.model(id, name)));
  const found = items.find((item) => item !== undefined);
  if (found === undefined) throw modelMissing(name);
  const model = readModelRow(found);
  requirePermission(ctx, 'read', modelTarget(model));
  return model;
}

/** How callers name a version: the model's name and a number as text. */
export interface VersionName {
  readonly name: string;
  readonly version: string;
}

export async function versionAt(
  ctx: Context,
  model: Pick<ModelRow, 'id' | 'name'>,
  number: number,
): Promise<VersionRow> {
  const item = await ctx.table.get(registryKeys.version(model.id, number));
  if (item === undefined) throw versionMissing(model.name, number);
  return readVersionRow(item);
}

/** A version with its model. Throws `not_found`: a model that is missing is a version that is missing. */
export async function findVersion(
  ctx: Context,
  { name, version }: VersionName,
): Promise<{ readonly model: ModelRow; readonly version: VersionRow }> {
  requireModelName(name);
  const number = versionNumber(version);
  const model = await findModel(ctx, name).catch((error: AppError) => {
    throw error.code === 'not_found' ? versionMissing(name, number) : error;
  });
  return { model, version: await versionAt(ctx, model, number) };
}
