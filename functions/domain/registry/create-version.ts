import { whileContended } from '#domain/resources/index.ts';
import type { Entry } from '#domain/tracking/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { counted } from '#kernel/counters.ts';
import { unavailable } from '#kernel/errors.ts';
import { any, compare, type Item, itemMissing, missing, put, type Write } from '#kernel/table.ts';
import { shownVersion } from './assemble.ts';
import { modelUpdate } from './change.ts';
import { findModel, modelTarget, overtaken } from './find.ts';
import { noteVersion } from './logged-model.ts';
import {
  latestAttribute,
  type ModelRow,
  readVersionRow,
  registryKeys,
  tagAttribute,
  versionItem,
  versionOfRunPut,
} from './registry.items.ts';
import {
  checkedTags,
  isPrompt,
  type ModelVersion,
  requireModelName,
  requireText,
  requireUri,
} from './schemas.ts';
import { type Origin, resolveSource } from './source.ts';
import { bytesOf, packTexts } from './texts.ts';

export interface NewVersion {
  readonly name: string;
  readonly source: string;
  readonly runId?: string;
  readonly runLink?: string;
  readonly loggedModelId?: string;
  readonly description?: string;
  readonly tags: readonly Entry[];
}

/** The next number of a model; one that is not used in the end is a gap. */
async function nextNumber(ctx: Context, { id }: ModelRow): Promise<number> {
  const outcome = await ctx.table.write(counted(registryKeys.counters(id), { versions: 1 }));
  const number = outcome.item?.versions;
  if (typeof number !== 'number') throw unavailable('The version could not be made; try again.');
  return number;
}

function newRow(
  ctx: Context,
  model: ModelRow,
  origin: Origin,
  { runLink, description = '', tags }: NewVersion,
  number: number,
) {
  const now = ctx.clock.now();
  const row = versionItem({
    modelId: model.id,
    groupId: model.groupId,
    number,
    createdOn: now,
    updatedOn: now,
    stage: 'None',
    ...origin,
    ...(runLink === undefined || runLink === '' ? {} : { runLink }),
  });
  const { attributes, parts } = packTexts(ctx, model.id, bytesOf(row), {
    description,
    ...Object.fromEntries(tags.map(({ key, value }) => [tagAttribute(key), value])),
  });
  return { row: { ...row, ...attributes } as Item, parts };
}

/** The newest version is noted on the model's row, unless a later one is already. */
const LATEST = latestAttribute('None');
const noLater = (number: number) => any(missing(LATEST), compare(LATEST, '<', number));

function newVersionWrites(model: ModelRow, row: Item, asLatest: boolean): readonly Write[] {
  const version = readVersionRow(row);
  const { number, createdOn: updatedOn } = version;
  return [
    modelUpdate(
      model,
      asLatest
        ? { changes: { set: { updatedOn, [LATEST]: number } }, if: noLater(number) }
        : { changes: { set: { updatedOn } } },
    ),
    put(row, itemMissing),
    ...versionOfRunPut(version),
  ];
}

/** Stores a version of a model that is still what it was found to be. */
async function store(
  ctx: Context,
  found: ModelRow,
  origin: Origin,
  input: NewVersion,
): Promise<ModelVersion> {
  const model = found;
  requirePermission(ctx, 'write', targetFor(model, origin));
  const { row, parts } = newRow(ctx, model, origin, input, await nextNumber(ctx, model));
  if (parts.length > 0) await ctx.table.bulk(parts.map((item) => ({ kind: 'put', item })));
  let outcome = await ctx.table.transact(newVersionWrites(model, row, true));
  const there = outcome.ok ? undefined : outcome.refusals[0]?.item;
  // Of those that are made at once the later may be stored first.
  if (there?.id === model.id) {
    outcome = await ctx.table.transact(newVersionWrites(model, row, false));
  }
  if (!outcome.ok) throw overtaken();
  return shownVersion(ctx, model, readVersionRow(row));
}

/** What a job's own run brought belongs to the job, whoever made the model. */
const targetFor = (model: ModelRow, { jobId = model.jobId }: Origin) =>
  modelTarget({ ...model, ...(jobId === undefined ? {} : { jobId }) });

/**
 * Makes the next version of a model. A job may do so from its own run. Throws `not_found` without the
 * model and `invalid` for a source that it may not have.
 */
export async function createRegisteredVersion(
  ctx: Context,
  input: NewVersion,
): Promise<ModelVersion> {
  requireModelName(input.name);
  const tags = checkedTags(input.tags);
  if (input.description !== undefined) requireText(input.description, 'description');
  if (input.runLink !== undefined) requireUri(input.runLink, 'run_link');
  const origin = await resolveSource(ctx, { ...input, prompt: isPrompt(tags) });
  const version = await whileContended(ctx, async () =>
    store(ctx, await findModel(ctx, input.name), origin, { ...input, tags }),
  );
  if (origin.loggedModelId !== undefined) {
    const made = { name: version.model, version: version.number };
    await noteVersion(ctx, origin.loggedModelId, made);
  }
  return version;
}
