import type { Context } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import { all, type Changes, compare, itemExists, update, type Write } from '#kernel/table.ts';
import { aliasesOf, latestRows, shownVersion, shownVersions } from './assemble.ts';
import { changeModelOfVersion, type FoundVersion, type ModelChange } from './change.ts';
import { findModel, type VersionName, versionAt } from './find.ts';
import {
  latestAttribute,
  type ModelRow,
  registryKeys,
  unchanged,
  type VersionRow,
} from './registry.items.ts';
import { ACTIVE_STAGES, type ModelVersion, type Stage, stageOf } from './schemas.ts';
import { newestInStage, versionsDown } from './stage-rows.ts';
import { touched } from './versions.ts';

/** More are archived by more calls: a transaction holds a hundred writes. */
const MAX_ARCHIVED = 90;

/** The newest version that a model has in each of these stages, all without any, with their aliases. */
export async function latestVersions(
  ctx: Context,
  { name, stages }: { readonly name: string; readonly stages: readonly string[] },
): Promise<readonly ModelVersion[]> {
  const model = await findModel(ctx, name);
  const wanted = stages.map(stageOf);
  const rows = (await latestRows(ctx, [model])).get(model.id) ?? [];
  const asked = rows.filter(({ stage }) => wanted.length === 0 || wanted.includes(stage));
  return shownVersions(
    ctx,
    asked.map((row) => ({ row, model: model.name, aliases: aliasesOf(model, row.number) })),
  );
}

const moved = (version: VersionRow, stage: Stage, now: number): Write =>
  update(
    registryKeys.version(version.modelId, version.number),
    { set: { stage, ...touched(version, now) } },
    all(itemExists, compare('stage', '=', version.stage)),
  );

async function othersIn(
  ctx: Context,
  { id, latest }: ModelRow,
  stage: Stage,
  number: number,
): Promise<readonly VersionRow[]> {
  const found: VersionRow[] = [];
  const newest = latest.get(stage);
  if (newest === undefined) return found;
  for await (const rows of versionsDown(ctx, id, newest)) {
    found.push(...rows.filter((row) => row.stage === stage && row.number !== number));
  }
  if (found.length <= MAX_ARCHIVED) return found;
  throw invalid(
    'too_many',
    `There are ${found.length} other versions in the stage ${stage}; at most ${MAX_ARCHIVED} can ` +
      'be archived at once: move some first.',
  );
}

/** Which versions are the newest of their stages after a move. */
async function latestAfter(
  ctx: Context,
  { model, version }: FoundVersion,
  stage: Stage,
  archived: readonly VersionRow[],
): Promise<ReadonlyMap<Stage, number | undefined>> {
  const latest = new Map<Stage, number | undefined>();
  const { number } = version;
  if (version.stage !== stage && model.latest.get(version.stage) === number) {
    const next = await newestInStage(ctx, model.id, version.stage, number - 1);
    latest.set(version.stage, next?.number);
  }
  const others = archived.length > 0 ? 0 : (model.latest.get(stage) ?? 0);
  latest.set(stage, Math.max(number, others));
  if (archived.length > 0) {
    const before = latest.has('Archived') ? latest.get('Archived') : model.latest.get('Archived');
    latest.set('Archived', Math.max(before ?? 0, ...archived.map((each) => each.number)));
  }
  return latest;
}

const changesOf = (latest: ReadonlyMap<Stage, number | undefined>, now: number): Changes => {
  const gone = [...latest].filter(([, number]) => number === undefined);
  const set = [...latest].map(([stage, number]) => [latestAttribute(stage), number] as const);
  return {
    set: { updatedOn: now, ...Object.fromEntries(set) },
    ...(gone.length === 0 ? {} : { remove: gone.map(([stage]) => latestAttribute(stage)) }),
  };
};

async function transition(
  ctx: Context,
  found: FoundVersion,
  stage: Stage,
  archive: boolean,
): Promise<ModelChange> {
  const now = ctx.clock.now();
  const { model, version } = found;
  const archived = archive ? await othersIn(ctx, model, stage, version.number) : [];
  const latest = await latestAfter(ctx, found, stage, archived);
  return {
    changes: changesOf(latest, now),
    // Every version that comes, goes or moves is a revision.
    if: unchanged(model),
    others: [moved(version, stage, now), ...archived.map((each) => moved(each, 'Archived', now))],
  };
}

/** Moves a version to a stage; `archive` moves those that are in it to `Archived`. */
export async function transitionStage(
  ctx: Context,
  input: VersionName & { readonly stage: string; readonly archive: boolean },
): Promise<ModelVersion> {
  const { archive, ...at } = input;
  const stage = stageOf(input.stage);
  if (archive && !ACTIVE_STAGES.includes(stage)) {
    throw invalid(
      'stage',
      'Model version transition cannot archive existing model versions because ' +
        `'${input.stage}' is not an Active stage. Valid stages are ` +
        `[${ACTIVE_STAGES.map((each) => `'${each}'`).join(', ')}]`,
    );
  }
  const { model, version } = await changeModelOfVersion(ctx, at, (found) =>
    transition(ctx, found, stage, archive),
  );
  return shownVersion(ctx, model, await versionAt(ctx, model, version.number));
}
