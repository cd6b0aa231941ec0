import type { Context } from '#kernel/context.ts';
import { type Changes, itemExists, remove, type Write } from '#kernel/table.ts';
import { aliasesOf, shownVersion } from './assemble.ts';
import { changeModelOfVersion, changeVersionRow, type ModelChange } from './change.ts';
import { findVersion, type VersionName, versionAt } from './find.ts';
import {
  aliasAttribute,
  changedAt,
  latestAttribute,
  type ModelRow,
  registryKeys,
  unchanged,
  type VersionRow,
} from './registry.items.ts';
import { type ModelVersion, requireText } from './schemas.ts';
import { newestInStage } from './stage-rows.ts';
import { bytesOf, inlineBytes, packTexts } from './texts.ts';

/** Throws `not_found`. */
export async function getModelVersion(ctx: Context, at: VersionName): Promise<ModelVersion> {
  const { model, version } = await findVersion(ctx, at);
  return shownVersion(ctx, model, version);
}

/** What a version says of the time of its last change. */
export const touched = (version: VersionRow, now: number): NonNullable<Changes['set']> => ({
  updatedOn: now,
  gsi1sk: changedAt(version, now),
});

/** Replaces the description; without one there is none afterwards. */
export async function updateModelVersion(
  ctx: Context,
  { description, ...at }: VersionName & { readonly description?: string },
): Promise<ModelVersion> {
  if (description !== undefined) requireText(description, 'description');
  const { model, version } = await changeVersionRow(ctx, at, (row) => {
    const set = touched(row, ctx.clock.now());
    const dropped = [row.description];
    if (description === undefined) return { changes: { set, remove: ['description'] }, dropped };
    const used = bytesOf(row.item) - inlineBytes(row.description);
    const { attributes, parts } = packTexts(ctx, row.modelId, used, { description });
    return { changes: { set: { ...set, ...attributes } }, parts, dropped };
  });
  return shownVersion(ctx, model, await versionAt(ctx, model, version.number));
}

/** What goes from the row of a model with one of its versions. */
async function withoutVersion(
  ctx: Context,
  model: ModelRow,
  { number, stage }: VersionRow,
): Promise<Pick<ModelChange, 'changes' | 'if'>> {
  const aliases = aliasesOf(model, number).map(aliasAttribute);
  const isLatest = model.latest.get(stage) === number;
  const next = isLatest ? await newestInStage(ctx, model.id, stage, number - 1) : undefined;
  const gone = isLatest && next === undefined ? [...aliases, latestAttribute(stage)] : aliases;
  return {
    changes: {
      set: {
        updatedOn: ctx.clock.now(),
        ...(next === undefined ? {} : { [latestAttribute(stage)]: next.number }),
      },
      ...(gone.length === 0 ? {} : { remove: gone }),
    },
    // Every version and alias that comes or goes is a revision.
    if: unchanged(model),
  };
}

/** Deletes a version and the aliases that stand for it. Its number is never given again. */
export async function deleteModelVersion(ctx: Context, at: VersionName): Promise<void> {
  await changeModelOfVersion(ctx, at, async ({ model, version }) => {
    const { modelId, number, runId } = version;
    const others: readonly Write[] = [
      remove(registryKeys.version(modelId, number), itemExists),
      ...(runId === undefined ? [] : [remove(registryKeys.versionOfRun(version))]),
    ];
    const dropped = [version.description, ...version.tags.values()];
    return { ...(await withoutVersion(ctx, model, version)), others, dropped };
  });
}
