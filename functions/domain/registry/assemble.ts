import type { Entry } from '#domain/tracking/index.ts';
import type { Context } from '#kernel/context.ts';
import {
  type ModelRow,
  readVersionRow,
  registryKeys,
  type Text,
  type VersionRow,
} from './registry.items.ts';
import type { ModelVersion, RegisteredModel } from './schemas.ts';
import { loadTexts, type Wanted } from './texts.ts';

/** A row of a version with what its own row does not say. */
export interface VersionToShow {
  readonly row: VersionRow;
  /** The name of its model. */
  readonly model: string;
  readonly aliases?: readonly string[];
}

type Read = (modelId: string, text: Text) => string;
type Texts = Pick<VersionRow, 'description' | 'tags'>;

const wantedOf = (modelId: string, { description, tags }: Texts): readonly Wanted[] =>
  [...tags.values(), ...(description === undefined ? [] : [description])].map((text) => ({
    modelId,
    text,
  }));

function textsOf(read: Read, modelId: string, { description, tags }: Texts) {
  const entries: readonly Entry[] = [...tags].map(([key, text]) => ({
    key,
    value: read(modelId, text),
  }));
  return {
    tags: entries,
    ...(description === undefined ? {} : { description: read(modelId, description) }),
  };
}

function shown(read: Read, { row, model, aliases = [] }: VersionToShow): ModelVersion {
  const { item: _item, modelId, description: _description, ...rest } = row;
  return { ...rest, model, aliases, ...textsOf(read, modelId, row) };
}

/** Versions as callers see them. */
export async function shownVersions(
  ctx: Context,
  versions: readonly VersionToShow[],
): Promise<readonly ModelVersion[]> {
  const read = await loadTexts(
    ctx,
    versions.flatMap(({ row }) => wantedOf(row.modelId, row)),
  );
  return versions.map((version) => shown(read, version));
}

export const aliasesOf = ({ aliases }: ModelRow, number: number): readonly string[] =>
  [...aliases].filter(([, each]) => each === number).map(([alias]) => alias);

/** One version with its aliases. */
export async function shownVersion(
  ctx: Context,
  model: ModelRow,
  row: VersionRow,
): Promise<ModelVersion> {
  const aliases = aliasesOf(model, row.number);
  const [version] = await shownVersions(ctx, [{ row, model: model.name, aliases }]);
  return version as ModelVersion;
}

/** Of each model the rows of the newest version of each stage, by number. */
export async function latestRows(
  ctx: Context,
  models: readonly ModelRow[],
): Promise<ReadonlyMap<string, readonly VersionRow[]>> {
  const keys = models.flatMap(({ id, latest }) =>
    [...latest.values()].sort((a, b) => a - b).map((number) => registryKeys.version(id, number)),
  );
  const items = keys.length === 0 ? [] : await ctx.table.batchGet(keys);
  const rows = items.flatMap((item) => (item === undefined ? [] : [readVersionRow(item)]));
  return new Map(models.map(({ id }) => [id, rows.filter(({ modelId }) => modelId === id)]));
}

/** Models as callers see them, each with its newest versions (which do not name their aliases). */
export async function shownModels(
  ctx: Context,
  models: readonly ModelRow[],
  latest: ReadonlyMap<string, readonly VersionRow[]>,
): Promise<readonly RegisteredModel[]> {
  const read = await loadTexts(ctx, [
    ...models.flatMap((model) => wantedOf(model.id, model)),
    ...[...latest.values()].flat().flatMap((row) => wantedOf(row.modelId, row)),
  ]);
  return models.map((model) => ({
    name: model.name,
    groupId: model.groupId,
    createdOn: model.createdOn,
    updatedOn: model.updatedOn,
    ...textsOf(read, model.id, model),
    aliases: [...model.aliases].map(([alias, number]) => ({ alias, number })),
    latest: (latest.get(model.id) ?? []).map((row) => shown(read, { row, model: model.name })),
  }));
}

export async function shownModel(ctx: Context, model: ModelRow): Promise<RegisteredModel> {
  const [shownOne] = await shownModels(ctx, [model], await latestRows(ctx, [model]));
  return shownOne as RegisteredModel;
}
