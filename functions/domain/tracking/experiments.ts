import { createExperiment, type Experiment, experimentKind } from '#domain/experiments/index.ts';
import { getResource, resourceKeys } from '#domain/resources/index.ts';
import { type Context, readableGroups, requirePermission } from '#kernel/context.ts';
import { conflict, forbidden, notFound } from '#kernel/errors.ts';
import { put } from '#kernel/table.ts';
import { entriesOf, pairs, runKeys } from './run.items.ts';
import { cut, type Entry, invalidValue, requireKey, storedValue } from './schemas.ts';

const MAX_EXPERIMENT_TAG_VALUE = 20_000;
const MAX_EXPERIMENT_TAGS = 15;

export interface TrackedExperiment {
  readonly experiment: Experiment;
  readonly tags: readonly Entry[];
}

const inOrder = (ids: readonly number[]): readonly number[] => [...ids].sort((a, b) => a - b);
const nameKey = (groupId: number, name: string) =>
  resourceKeys.name(experimentKind.type, String(groupId), name);

/** The group that new experiments of callers go to who name none: the first they may write. */
export function homeGroup(ctx: Context): number {
  const memberships = 'memberships' in ctx.actor ? ctx.actor.memberships : undefined;
  const writable = [...(memberships?.values() ?? [])]
    .filter(({ flags }) => flags.write)
    .map(({ groupId }) => groupId);
  const [first] = inOrder(writable);
  if (first === undefined) throw forbidden('There is no group that you may write to.');
  return first;
}

function checkedTags(tags: readonly Entry[]): readonly Entry[] {
  if (tags.length > MAX_EXPERIMENT_TAGS) {
    throw invalidValue('tags', tags.length, `At most ${MAX_EXPERIMENT_TAGS} tags are possible.`);
  }
  return tags.map(({ key, value }, index) => {
    requireKey(key, `tags[${index}].key`, 'key');
    const path = `tags[${index}].value`;
    if (cut(value, MAX_EXPERIMENT_TAG_VALUE) !== value) {
      throw invalidValue(path, 'not shown', `It is longer than ${MAX_EXPERIMENT_TAG_VALUE}.`);
    }
    return { key, value: storedValue(value, path, MAX_EXPERIMENT_TAG_VALUE) };
  });
}

/**
 * Makes an experiment under a name that no experiment has or, deleted, had. Throws `conflict`
 * (`entity_exists`).
 */
export async function createTrackedExperiment(
  ctx: Context,
  input: { readonly name: string; readonly tags: readonly Entry[] },
): Promise<Experiment> {
  const groupId = homeGroup(ctx);
  const lookup = { group_id: groupId };
  requirePermission(ctx, 'write', { groupId, entity: 'group', lookup });
  const tags = checkedTags(input.tags);
  const taken = await ctx.table.get(nameKey(groupId, input.name));
  if (taken !== undefined) {
    const state = taken.deleted === true ? ' in deleted state' : '';
    throw conflict('entity_exists', `Experiment '${input.name}' already exists${state}.`, {
      entity: 'experiment',
      existing_id: taken.id,
    });
  }
  const experiment = await createExperiment(ctx, {
    name: input.name,
    description: '',
    groupId,
    entrypoints: [],
  });
  if (tags.length > 0) {
    const unique = [...new Map(tags.map((tag) => [tag.key, tag])).values()];
    const at = runKeys.experimentTags(experiment.id);
    await ctx.table.write(put({ ...at, entries: pairs(unique) }));
  }
  return experiment;
}

/** An experiment, deleted ones too, with the tags that MLflow's clients gave it. */
export async function getTrackedExperiment(ctx: Context, id: number): Promise<TrackedExperiment> {
  const [experiment, tags] = await Promise.all([
    getResource(ctx, experimentKind, id),
    ctx.table.get(runKeys.experimentTags(id)),
  ]);
  return { experiment, tags: tags === undefined ? [] : entriesOf(tags) };
}

/** The experiment of this name, deleted ones too, in the first of the caller's groups that has it. */
export async function findTrackedExperiment(
  ctx: Context,
  name: string,
): Promise<TrackedExperiment> {
  const groups = inOrder(readableGroups(ctx));
  const guards = await ctx.table.batchGet(groups.map((groupId) => nameKey(groupId, name)));
  const found = guards.find((guard) => guard !== undefined);
  if (found === undefined) throw notFound('experiment', { name });
  return getTrackedExperiment(ctx, found.id as number);
}
