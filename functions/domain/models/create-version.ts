import { artifactKind } from '#domain/artifacts/index.ts';
import {
  commitParts,
  firstVersion,
  getResource,
  part,
  whileContended,
} from '#domain/resources/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { takeNumbers } from '#kernel/counters.ts';
import { ifThere, invalid, notFound } from '#kernel/errors.ts';
import { type ModelVersion, modelKind, modelVersionKind } from './model.ts';
import { newVersionWrites } from './models.items.ts';
import { getModel } from './models.ts';
import type { ShownVersion } from './versions.ts';

export interface NewModelVersion {
  readonly modelId: number;
  readonly artifactId: number;
  readonly description: string;
}

/** A model's answers name each of its versions. */
const MAX_VERSIONS = 10_000;

async function plan(ctx: Context, { modelId, artifactId, description }: NewModelVersion) {
  const ofArtifact = { artifact_id: artifactId };
  const [model, artifact] = await Promise.all([
    getModel(ctx, modelId),
    ifThere(getResource(ctx, artifactKind, artifactId, ofArtifact)),
  ]);
  const { groupId } = model;
  const lookup = { resource_id: modelId };
  requirePermission(ctx, 'write', { groupId, entity: modelKind.type, lookup });
  if (artifact?.groupId !== groupId) throw notFound(artifactKind.type, ofArtifact);
  const number = (model.versions ?? 0) + 1;
  if (number > MAX_VERSIONS) {
    throw invalid('too_many_versions', `A model has at most ${MAX_VERSIONS} versions.`);
  }
  // Taken after the model was read: whoever comes later then has the higher number and the higher id.
  const numbers = await takeNumbers(ctx.table, { resource: 1, snapshot: 1 });
  const data = { modelId, number, artifactId, description };
  const version: ModelVersion = firstVersion(ctx, modelVersionKind, numbers, { groupId, data });
  return {
    parts: [part(modelVersionKind, undefined, version)],
    more: newVersionWrites(model, version),
    result: { model, version },
  };
}

/**
 * Gives a model its next version: an artifact of its group. Numbers have no gaps, so versions that
 * are made at once are made one after the other. Throws `not_found`, `invalid`, `conflict`.
 */
export async function createModelVersion(
  ctx: Context,
  input: NewModelVersion,
): Promise<ShownVersion> {
  return whileContended(ctx, () => commitParts(ctx, () => plan(ctx, input)));
}
