import {
  commitParts,
  getResource,
  listResources,
  nextVersion,
  type PageRequest,
  part,
  type ResourcePage,
} from '#domain/resources/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { takeNumbers } from '#kernel/counters.ts';
import { notFound } from '#kernel/errors.ts';
import { type Model, type ModelVersion, modelKind, modelVersionKind, versionsOf } from './model.ts';
import { changedVersionWrites, versionKey } from './models.items.ts';
import { getModel } from './models.ts';

/** A version by its number within its model. */
export interface VersionOfModel {
  readonly modelId: number;
  readonly number: number;
}

/** A version with its model, which its answers name. */
export interface ShownVersion {
  readonly model: Model;
  readonly version: ModelVersion;
}

/** A version of a model that lives: two round trips. Throws `not_found`. */
export async function getModelVersion(
  ctx: Context,
  { modelId, number }: VersionOfModel,
): Promise<ShownVersion> {
  const lookup = { model_id: modelId, version_number: number };
  const [model, entry] = await Promise.all([
    getModel(ctx, modelId),
    ctx.table.get(versionKey(modelId, number)),
  ]);
  if (entry === undefined) throw notFound(modelVersionKind.type, lookup);
  const id = entry.version as number;
  return { model, version: await getResource(ctx, modelVersionKind, id, lookup) };
}

/** A page of the versions of a model by their numbers; their tags are those of the model. */
export async function listModelVersions(
  ctx: Context,
  modelId: number,
  request: PageRequest,
): Promise<ResourcePage<ModelVersion> & { readonly model: Model }> {
  const model = getModel(ctx, modelId);
  const page = listResources(ctx, modelVersionKind, {
    ...request,
    lists: [versionsOf(modelId)],
    tags: async () => (await model).links.tags ?? [],
  });
  // Whether there is such a model for the caller is asked at the same time, and said first.
  page.catch(() => undefined);
  return { model: await model, ...(await page) };
}

/** Replaces the description of a version; makes a snapshot of the version. */
export const changeModelVersion = (
  ctx: Context,
  { description, ...which }: VersionOfModel & { readonly description: string },
): Promise<ShownVersion> =>
  commitParts(ctx, async () => {
    const { model, version: before } = await getModelVersion(ctx, which);
    const lookup = { resource_id: model.id };
    requirePermission(ctx, 'write', { groupId: model.groupId, entity: modelKind.type, lookup });
    const { snapshot } = await takeNumbers(ctx.table, { snapshot: 1 });
    const version = nextVersion(ctx, before, snapshot, { ...before.data, description });
    return {
      parts: [part(modelVersionKind, before, version)],
      more: changedVersionWrites(model, version),
      result: { model, version },
    };
  });
