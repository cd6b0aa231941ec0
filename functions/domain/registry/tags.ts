import type { Context } from '#kernel/context.ts';
import { changeModelRow, changeVersionRow, type RowChange } from './change.ts';
import type { VersionName } from './find.ts';
import { type ModelRow, tagAttribute, type VersionRow } from './registry.items.ts';
import { requireModelName, requireTagKey, requireText, versionNumber } from './schemas.ts';
import { bytesOf, inlineBytes, packTexts } from './texts.ts';

interface Tag {
  readonly key: string;
  readonly value: string;
}

type Tagged = Pick<ModelRow | VersionRow, 'item' | 'tags'>;

function setting(ctx: Context, modelId: string, row: Tagged, { key, value }: Tag): RowChange {
  const before = row.tags.get(key);
  const used = bytesOf(row.item) - inlineBytes(before);
  const packed = packTexts(ctx, modelId, used, { [tagAttribute(key)]: value });
  return { changes: { set: packed.attributes }, parts: packed.parts, dropped: [before] };
}

function removing({ tags }: Tagged, key: string): RowChange | undefined {
  const before = tags.get(key);
  if (before === undefined) return undefined;
  return { changes: { remove: [tagAttribute(key)] }, dropped: [before] };
}

/** Sets a tag of a model. */
export async function setModelTag(ctx: Context, name: string, tag: Tag): Promise<void> {
  requireModelName(name);
  requireTagKey(tag.key);
  requireText(tag.value, 'value');
  await changeModelRow(ctx, name, (model) => setting(ctx, model.id, model, tag));
}

/** A tag that the model does not have is fine. */
export async function deleteModelTag(ctx: Context, name: string, key: string): Promise<void> {
  requireModelName(name);
  requireTagKey(key);
  await changeModelRow(ctx, name, (model) => removing(model, key));
}

/** Sets a tag of a version. */
export async function setVersionTag(ctx: Context, at: VersionName, tag: Tag): Promise<void> {
  requireModelName(at.name);
  versionNumber(at.version);
  requireTagKey(tag.key);
  requireText(tag.value, 'value');
  await changeVersionRow(ctx, at, (version) => setting(ctx, version.modelId, version, tag));
}

/** A tag that the version does not have is fine. */
export async function deleteVersionTag(ctx: Context, at: VersionName, key: string): Promise<void> {
  requireModelName(at.name);
  versionNumber(at.version);
  requireTagKey(key);
  await changeVersionRow(ctx, at, (version) => removing(version, key));
}
