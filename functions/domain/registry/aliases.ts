import type { Context } from '#kernel/context.ts';
import { invalid, notFound } from '#kernel/errors.ts';
import { check, itemExists } from '#kernel/table.ts';
import { latestRows, shownVersion } from './assemble.ts';
import { changeModelOfVersion, changeModelRow } from './change.ts';
import { findModel, type VersionName, versionAt } from './find.ts';
import { aliasAttribute, type ModelRow, registryKeys, type VersionRow } from './registry.items.ts';
import {
  isLatest,
  type ModelVersion,
  requireAlias,
  requireFreeAlias,
  requireModelName,
} from './schemas.ts';
import { bytesOf, packTexts } from './texts.ts';

/** Lets an alias stand for a version, whatever it stood for. */
export async function setAlias(
  ctx: Context,
  { alias, ...at }: VersionName & { readonly alias: string },
): Promise<void> {
  requireModelName(at.name);
  requireFreeAlias(alias);
  await changeModelOfVersion(ctx, at, ({ model, version: { number } }) => {
    // Rows are bounded, whatever they hold.
    if (!model.aliases.has(alias)) packTexts(ctx, model.id, bytesOf(model.item), { [alias]: '' });
    return {
      changes: { set: { [aliasAttribute(alias)]: number } },
      others: [check(registryKeys.version(model.id, number), itemExists)],
    };
  });
}

/** An alias that the model does not have is fine. */
export async function deleteAlias(
  ctx: Context,
  { name, alias }: { readonly name: string; readonly alias: string },
): Promise<void> {
  requireModelName(name);
  requireAlias(alias);
  await changeModelRow(ctx, name, ({ aliases }) =>
    aliases.has(alias) ? { changes: { remove: [aliasAttribute(alias)] } } : undefined,
  );
}

async function newest(ctx: Context, model: ModelRow): Promise<VersionRow> {
  const row = (await latestRows(ctx, [model])).get(model.id)?.at(-1);
  if (row === undefined) {
    throw notFound('latest_version', { name: model.name });
  }
  return row;
}

/** The version that an alias stands for; `latest` is the newest. Throws `invalid` for an unknown alias. */
export async function getVersionByAlias(
  ctx: Context,
  { name, alias }: { readonly name: string; readonly alias: string },
): Promise<ModelVersion> {
  requireModelName(name);
  requireAlias(alias);
  const model = await findModel(ctx, name);
  if (isLatest(alias)) return shownVersion(ctx, model, await newest(ctx, model));
  const number = model.aliases.get(alias);
  if (number === undefined) throw invalid('alias', `Registered model alias ${alias} not found.`);
  return shownVersion(ctx, model, await versionAt(ctx, model, number));
}
