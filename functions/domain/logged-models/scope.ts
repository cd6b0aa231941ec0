import { type ArtifactHome, activeExperiment, artifactRootOf } from '#domain/tracking/index.ts';
import { type Context, requirePermission, type Target } from '#kernel/context.ts';
import { withoutEndSlashes } from '#kernel/strings.ts';
import { modelKeys, type Pointer, readDetail, readPointer } from './logged-model.items.ts';
import { modelFiles } from './purge.ts';
import { isModelId, type LoggedModelDetail, modelMissing } from './schemas.ts';

/** What permission is asked for when a model is read or written. */
export const targetOf = ({ id, groupId, jobId }: Pointer): Target => ({
  groupId,
  entity: 'logged_model',
  lookup: { model_id: id },
  ...(jobId === undefined ? {} : { jobId }),
});

/** Where a model is, and whose. It never changes, so it is read once a process. Throws `not_found`. */
export async function modelPointer(ctx: Context, id: string): Promise<Pointer> {
  const cacheKey = `model:${id}`;
  const cached = ctx.cache.get<Pointer>(cacheKey);
  if (cached !== undefined) return cached;
  const item = isModelId(id) ? await ctx.table.get(modelKeys.pointer(id)) : undefined;
  if (item === undefined) throw modelMissing(id);
  const pointer = readPointer(item);
  ctx.cache.set(cacheKey, pointer);
  return pointer;
}

/** All of a model, deleted ones too. Throws `not_found`. */
export async function readWhole(ctx: Context, pointer: Pointer): Promise<LoggedModelDetail> {
  const sk = modelKeys.everything(pointer);
  const { items } = await ctx.table.query({ pk: modelKeys.partition(pointer.experimentId), sk });
  const detail = readDetail(items);
  if (detail === undefined) throw modelMissing(pointer.id);
  return detail;
}

export const isThere = ({ model }: LoggedModelDetail): boolean => model.deletedOn === undefined;

/** A model; a deleted one only where the caller asks for such. Throws `not_found`. */
export async function getLoggedModel(
  ctx: Context,
  input: { readonly modelId: string; readonly deletedToo?: boolean },
): Promise<LoggedModelDetail> {
  const pointer = await modelPointer(ctx, input.modelId);
  requirePermission(ctx, 'read', targetOf(pointer));
  const detail = await readWhole(ctx, pointer);
  if (!isThere(detail) && input.deletedToo !== true) throw modelMissing(input.modelId);
  return detail;
}

/** Where clients that speak to us find the files of a model. */
export const modelArtifactUri = ({
  experimentId,
  id,
  artifactRoot = artifactRootOf(experimentId),
}: Pick<Pointer, 'experimentId' | 'id' | 'artifactRoot'>) =>
  `${withoutEndSlashes(artifactRoot)}/models/${id}/artifacts`;

/** The files of a model, which the experiment must be that of. Throws `not_found`. */
export async function modelHome(
  ctx: Context,
  input: { readonly modelId: string; readonly experimentId?: number },
): Promise<ArtifactHome & { readonly uri: string }> {
  const pointer = await modelPointer(ctx, input.modelId);
  const { experimentId, id } = pointer;
  if (input.experimentId !== undefined && input.experimentId !== experimentId) {
    throw modelMissing(id);
  }
  return {
    target: targetOf(pointer),
    prefix: `${modelFiles(experimentId)}${id}/artifacts/`,
    uri: modelArtifactUri(pointer),
    requireActive: () => activeExperiment(ctx, experimentId),
    ...(pointer.artifactRoot === undefined ? {} : { elsewhere: pointer.artifactRoot }),
  };
}
