import type { Context } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import { latestRows } from './assemble.ts';
import { findModel, versionAt } from './find.ts';
import { isPromptRow, type ModelRow, type VersionRow } from './registry.items.ts';
import { isLatest, stageOf, versionNumber } from './schemas.ts';

/** What the path of a `models:` URI names. */
export type ModelPath =
  | { readonly kind: 'logged_model'; readonly id: string }
  | { readonly kind: 'alias'; readonly name: string; readonly alias: string }
  /** A number, a stage or `latest`. */
  | { readonly kind: 'version'; readonly name: string; readonly suffix: string };

/** Reads `/<name>/<version, stage or latest>`, `/<name>@<alias>` or `/<id>`; `undefined` for all else. */
export function parseModelPath(path: string): ModelPath | undefined {
  const [start, name = '', suffix, ...rest] = path.split('/');
  if (start !== '' || name.trim() === '' || rest.length > 0) return undefined;
  if (suffix !== undefined) {
    return suffix.trim() === '' ? undefined : { kind: 'version', name, suffix };
  }
  const at = name.lastIndexOf('@');
  if (at < 0) return { kind: 'logged_model', id: name };
  const alias = name.slice(at + 1);
  return alias.trim() === '' ? undefined : { kind: 'alias', name: name.slice(0, at), alias };
}

/** The number of the newest version, or of the newest in a stage. */
async function newestNumber(ctx: Context, model: ModelRow, stage?: string): Promise<number> {
  const wanted = stage === undefined ? undefined : stageOf(stage);
  const rows = (await latestRows(ctx, [model])).get(model.id) ?? [];
  const row = rows.findLast((each) => wanted === undefined || each.stage === wanted);
  if (row !== undefined) return row.number;
  const inStage = wanted === undefined ? '' : ` and stage '${wanted}'`;
  throw invalid('source', `No versions of model with name '${model.name}'${inStage} found`);
}

async function numberOf(
  ctx: Context,
  model: ModelRow,
  named: Exclude<ModelPath, { kind: 'logged_model' }>,
): Promise<number> {
  if (named.kind === 'alias') {
    const number = model.aliases.get(named.alias);
    if (number !== undefined) return number;
    if (isLatest(named.alias)) return newestNumber(ctx, model);
    throw invalid('alias', `Registered model alias ${named.alias} not found.`);
  }
  if (/^\d+$/.test(named.suffix)) return versionNumber(named.suffix);
  return newestNumber(ctx, model, isLatest(named.suffix) ? undefined : named.suffix);
}

/** The version that a `models:` URI names. Throws `not_found` or `invalid`. */
export async function findNamedVersion(
  ctx: Context,
  named: Exclude<ModelPath, { kind: 'logged_model' }>,
): Promise<{ readonly name: string; readonly version: VersionRow; readonly isPrompt: boolean }> {
  const model = await findModel(ctx, named.name);
  const version = await versionAt(ctx, model, await numberOf(ctx, model, named));
  return { name: model.name, version, isPrompt: isPromptRow(model) };
}
