import * as z from 'zod';
import {
  type ModelData,
  type Model as ModelRow,
  modelKind,
  type ShownVersion,
} from '#domain/models/index.ts';
import type { Context } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import { ArtifactRef, artifactRef } from '../artifacts/wire.ts';
import type { ResourceMount } from '../resource-routes.ts';
import { BASE, groupRef, isoTime, ResourceFields, ResourceRef, resourceFields } from '../shapes.ts';

export const ModelVersion = z.object({
  description: z.string(),
  model: ResourceRef,
  artifact: ArtifactRef,
  versionNumber: z.int(),
  createdOn: z.string(),
});

export const Model = ResourceFields.extend({
  name: z.string(),
  description: z.string(),
  versions: z.array(z.object({ versionNumber: z.int(), url: z.string() })),
  latestVersion: z.nullable(ModelVersion),
});

/** Models name each of their versions, so a page of models with very many would outgrow an answer. */
const MAX_NAMED_VERSIONS = 40_000;

interface VersionFields {
  readonly number: number;
  readonly artifactId: number;
  readonly description: string;
  readonly createdOn: number;
}

const shapeVersion = (ctx: Context, model: ModelRow, version: VersionFields) => ({
  description: version.description,
  model: {
    id: model.id,
    group: groupRef(ctx, model.groupId),
    // As Dioptra prints it: the one reference whose address is not from the root.
    url: `models/${model.id}`,
    deleted: model.deletedOn !== undefined,
    name: model.data.name,
  },
  artifact: artifactRef(ctx, model.groupId, version.artifactId),
  versionNumber: version.number,
  createdOn: isoTime(version.createdOn),
});

export const toModelVersion = (ctx: Context, { model, version }: ShownVersion) =>
  shapeVersion(ctx, model, { ...version.data, createdOn: version.createdOn });

/** A link to each version, and the newest whole. */
function versionFields(ctx: Context, model: ModelRow) {
  const { versions: count = 0, latest } = model;
  return {
    versions: Array.from({ length: count }, (_, at) => ({
      versionNumber: at + 1,
      url: `${BASE}/models/${model.id}/versions/${at + 1}`,
    })),
    latestVersion:
      latest === undefined ? null : shapeVersion(ctx, model, { ...latest, number: count }),
  };
}

export const modelMount: ResourceMount<ModelData> = {
  path: 'models',
  title: 'Model',
  scope: 'model',
  kind: modelKind,
  response: Model,
  bareDelete: true,
  shape: async (ctx, rows, beside, versions) => {
    const models: readonly ModelRow[] = rows;
    const named = models.reduce((sum, { versions: count = 0 }) => sum + count, 0);
    if (named > MAX_NAMED_VERSIONS) {
      const message = `The answer would name more than ${MAX_NAMED_VERSIONS} versions: ask for fewer models at a time.`;
      throw new AppError('too_large', message);
    }
    return models.map((model, index) => ({
      ...resourceFields(ctx, beside, model, versions?.[index]),
      name: model.data.name,
      description: model.data.description,
      ...versionFields(ctx, model),
    }));
  },
};
