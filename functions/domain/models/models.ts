import {
  changeResource,
  createResource,
  getResource,
  type Resource,
} from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { type Model, type ModelData, modelKind } from './model.ts';

export const createModel = (
  ctx: Context,
  input: ModelData & { readonly groupId: number },
): Promise<Resource<ModelData>> => {
  const { groupId, name, description } = input;
  return createResource(ctx, modelKind, { groupId, data: { name, description } });
};

/** Replaces name and description; the versions stay as they are. */
export const changeModel = (
  ctx: Context,
  id: number,
  { name, description }: ModelData,
): Promise<Resource<ModelData>> =>
  changeResource(ctx, modelKind, id, () => ({ data: { name, description } }));

/** The model with what its row knows of its versions. */
export const getModel = async (ctx: Context, id: number): Promise<Model> =>
  getResource(ctx, modelKind, id);
