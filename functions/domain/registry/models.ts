import { whileContended } from '#domain/resources/index.ts';
import { type Entry, homeGroup } from '#domain/tracking/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { type AppError, conflict } from '#kernel/errors.ts';
import {
  all,
  type Item,
  itemExists,
  itemMissing,
  put,
  remove,
  update,
  type Write,
} from '#kernel/table.ts';
import { shownModel } from './assemble.ts';
import { changeModelRow } from './change.ts';
import { findModel, modelTarget, overtaken } from './find.ts';
import {
  isPromptRow,
  type ModelRow,
  pointerItem,
  readModelRow,
  registryKeys,
  sameModel,
  tagAttribute,
  unchanged,
} from './registry.items.ts';
import {
  checkedTags,
  isPrompt,
  type RegisteredModel,
  requireModelName,
  requireText,
} from './schemas.ts';
import { bytesOf, inlineBytes, packTexts } from './texts.ts';

/** What is made is not what is there: prompts and models share their names. */
function nameTaken(name: string, existing: Item | undefined, tags: readonly Entry[]): AppError {
  const detail = { entity: 'registered_model', name };
  const wanted = isPrompt(tags) ? 'Prompt' : 'Registered Model';
  const holder =
    existing !== undefined && isPromptRow(readModelRow(existing)) ? 'Prompt' : 'Registered Model';
  if (holder === wanted) {
    return conflict('entity_exists', `${wanted} (name=${name}) already exists.`, detail);
  }
  return conflict(
    'entity_exists',
    `Tried to create a ${wanted.toLowerCase()} with name '${name}', but the name is already taken ` +
      `by a ${holder.toLowerCase()}. MLflow does not allow creating a model and a prompt with the ` +
      'same name.',
    detail,
  );
}

interface NewModel {
  readonly name: string;
  readonly description?: string;
  readonly tags: readonly Entry[];
}

/** The row of a new model, and the parts of its long texts. */
function newModelRow(ctx: Context, groupId: number, { name, description, tags }: NewModel) {
  const now = ctx.clock.now();
  const { actor } = ctx;
  const row: Item = {
    ...registryKeys.model(groupId, name),
    id: ctx.ids.hex32(),
    groupId,
    name,
    createdOn: now,
    updatedOn: now,
    revision: 1,
    ...(actor.kind === 'job' ? { jobId: actor.jobId } : {}),
  };
  const { attributes, parts } = packTexts(ctx, row.id as string, bytesOf(row), {
    ...(description === undefined || description === '' ? {} : { description }),
    ...Object.fromEntries(tags.map(({ key, value }) => [tagAttribute(key), value])),
  });
  return { row: { ...row, ...attributes }, parts };
}

/**
 * Registers a model in the first group that the caller may write to. One that a job makes belongs to
 * that job. Throws `conflict` (`entity_exists`).
 */
export async function createRegisteredModel(
  ctx: Context,
  input: NewModel,
): Promise<RegisteredModel> {
  const { name, description } = input;
  requireModelName(name);
  const tags = checkedTags(input.tags);
  if (description !== undefined) requireText(description, 'description');
  const groupId = homeGroup(ctx);
  const own = ctx.actor.kind === 'job' ? { jobId: ctx.actor.jobId } : {};
  requirePermission(ctx, 'write', modelTarget({ groupId, name, ...own }));
  const { row, parts } = newModelRow(ctx, groupId, { ...input, tags });
  if (parts.length > 0) {
    const existing = await ctx.table.get(row);
    if (existing !== undefined) throw nameTaken(name, existing, tags);
    await ctx.table.bulk(parts.map((item) => ({ kind: 'put', item })));
  }
  const outcome = await ctx.table.transact([
    put(row, itemMissing),
    put(pointerItem(row.id as string, { groupId, name })),
  ]);
  if (!outcome.ok) {
    await ctx.table.bulk(parts.map((key) => ({ kind: 'delete', key })));
    throw nameTaken(name, outcome.refusals[0]?.item, tags);
  }
  return shownModel(ctx, readModelRow(row));
}

/** Throws `not_found`. */
export const getRegisteredModel = async (ctx: Context, name: string): Promise<RegisteredModel> =>
  shownModel(ctx, await findModel(ctx, name));

/** Replaces the description. */
export async function updateRegisteredModel(
  ctx: Context,
  { name, description }: { readonly name: string; readonly description: string },
): Promise<RegisteredModel> {
  requireText(description, 'description');
  await changeModelRow(ctx, name, (model) => {
    const used = bytesOf(model.item) - inlineBytes(model.description);
    const { attributes, parts } = packTexts(ctx, model.id, used, { description });
    return {
      changes: { set: { ...attributes, updatedOn: ctx.clock.now() } },
      parts,
      dropped: [model.description],
    };
  });
  return getRegisteredModel(ctx, name);
}

/** Moves the row to another name; versions, aliases and tags know the model by its id. */
function renameWrites(model: ModelRow, name: string, now: number): readonly Write[] {
  const { groupId, revision } = model;
  const moved: Item = { ...model.item, ...registryKeys.model(groupId, name) };
  return [
    put({ ...moved, name, updatedOn: now, revision: revision + 1 }, itemMissing),
    remove(registryKeys.model(groupId, model.name), all(sameModel(model), unchanged(model))),
    update(registryKeys.pointer(model.id), { set: { name } }, itemExists),
  ];
}

/** Gives a model another name. Throws `conflict` (`entity_exists`) when that is taken. */
export async function renameRegisteredModel(
  ctx: Context,
  { name, newName }: { readonly name: string; readonly newName: string },
): Promise<RegisteredModel> {
  requireModelName(newName, 'new_name');
  if (newName === name) {
    await changeModelRow(ctx, name, () => ({ changes: { set: { updatedOn: ctx.clock.now() } } }));
    return getRegisteredModel(ctx, name);
  }
  await whileContended(ctx, async () => {
    const model = await findModel(ctx, name);
    requirePermission(ctx, 'write', modelTarget(model));
    const outcome = await ctx.table.transact(renameWrites(model, newName, ctx.clock.now()));
    if (outcome.ok) return;
    if (outcome.refusals[0] === undefined) throw overtaken();
    throw conflict('entity_exists', `Registered Model (name=${newName}) already exists.`, {
      entity: 'registered_model',
      name: newName,
    });
  });
  return getRegisteredModel(ctx, newName);
}

/**
 * Deletes a model with all its versions, aliases and tags: from here on nothing finds them, and the
 * sweeper removes what is left (purge.ts).
 */
export async function deleteRegisteredModel(ctx: Context, name: string): Promise<void> {
  await whileContended(ctx, async () => {
    const model = await findModel(ctx, name);
    requirePermission(ctx, 'write', modelTarget(model));
    const { id, groupId } = model;
    const outcome = await ctx.table.transact([
      remove(registryKeys.model(groupId, model.name), sameModel(model)),
      put(pointerItem(id, { groupId, name: model.name, deletedOn: ctx.clock.now() }), itemExists),
    ]);
    if (!outcome.ok) throw overtaken();
  });
}
