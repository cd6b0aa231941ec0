import { createExperiment, type Experiment, experimentKind } from '#domain/experiments/index.ts';
import { getResource, maybeFold, resourceKeys } from '#domain/resources/index.ts';
import { type Context, readableGroups, requirePermission } from '#kernel/context.ts';
import { AppError, conflict, notFound } from '#kernel/errors.ts';
import { etagOf } from '#kernel/etag.ts';
import type { Entry } from '../schemas.ts';
import { requireArtifactRoot } from './artifact-root.ts';
import { DEFAULT_NAME, defaultExperiment, requireDefault } from './default-experiment.ts';
import { taggedList, tagWrites } from './experiment.items.ts';
import {
  defaultExperimentOf,
  experimentLookup,
  groupOfDefault,
  homeGroup,
} from './experiment-ids.ts';
import { checkedTags } from './experiment-tag.ts';
import { experimentKeys, readSide } from './side.items.ts';
import { readWholeSide, type WholeSide } from './sides.ts';
import { type TagPages, tagsOf, withTag } from './tag-pages.ts';
import { type TrackedExperiment, toTracked, trackedTag } from './tracked.ts';

/** An experiment with its version. */
export type VersionedExperiment = TrackedExperiment & { readonly version: string };

export const nameKey = (groupId: number, name: string) =>
  resourceKeys.name(experimentKind.type, String(groupId), name);

/** The error of a name that another has or, deleted, had. */
export const nameExists = (name: string, isDeleted = false): AppError =>
  conflict(
    'entity_exists',
    `Experiment '${name}' already exists${isDeleted ? ' in deleted state' : ''}.`,
    { entity: 'experiment', entity_attributes: { name } },
  );

/** Throws `conflict` unless no experiment of the group has this name or, deleted, had it. */
export async function requireUnusedName(ctx: Context, groupId: number, name: string) {
  const keys = [nameKey(groupId, name)];
  const isDefault = name === DEFAULT_NAME;
  if (isDefault) keys.push(experimentKeys.side(defaultExperimentOf(groupId)));
  const [guard, side] = await ctx.table.batchGet(keys);
  if (guard !== undefined) throw nameExists(name, guard.deleted === true);
  const { name: given = DEFAULT_NAME, deletedOn } = readSide(side);
  if (isDefault && given === name) throw nameExists(name, deletedOn !== undefined);
}

export interface NewTrackedExperiment {
  readonly name: string;
  readonly tags: readonly Entry[];
  /** Where its runs keep their files, when that is not here. */
  readonly artifactRoot?: string;
}

/** Tells of a name that was refused whether a deleted experiment has it; other errors stay. */
async function whyTaken(
  ctx: Context,
  { groupId, name }: { readonly groupId: number; readonly name: string },
  error: unknown,
): Promise<never> {
  if (!(error instanceof AppError) || error.reason !== 'entity_exists') throw error;
  await requireUnusedName(ctx, groupId, name);
  throw nameExists(name);
}

/**
 * Makes an experiment under a name that no experiment has or, deleted, had. Throws `conflict`
 * (`entity_exists`).
 */
export async function createTrackedExperiment(
  ctx: Context,
  input: NewTrackedExperiment,
): Promise<VersionedExperiment> {
  const groupId = homeGroup(ctx);
  requirePermission(ctx, 'write', { groupId, entity: 'group', lookup: { group_id: groupId } });
  const { name, artifactRoot } = input;
  if (artifactRoot !== undefined) requireArtifactRoot(artifactRoot);
  const pages = checkedTags(input.tags).reduce<TagPages>(withTag, []);
  // Only this one may be taken without a guard that the transaction meets.
  if (name === DEFAULT_NAME) await requireUnusedName(ctx, groupId, name);
  const fresh = { item: undefined, before: [], after: pages };
  const experiment = await createExperiment(
    ctx,
    {
      name,
      description: '',
      groupId,
      entrypoints: [],
      nameRule: 'unused',
      kept: { madeBy: 'mlflow', ...(artifactRoot === undefined ? {} : { artifactRoot }) },
    },
    ({ id: experimentId }) =>
      pages.length === 0 ? [] : tagWrites({ experimentId, groupId, ...fresh }),
  ).catch((error: unknown) => whyTaken(ctx, { groupId, name }, error));
  if (pages.length > 0) ctx.defer(maybeFold(ctx, taggedList(groupId), experiment.id));
  const version = etagOf(experiment.id, experiment.revision, pages.length > 0 ? 1 : 0);
  return { ...toTracked(experiment, tagsOf(pages)), version };
}

/** An experiment, deleted ones too, and what MLflow's clients gave it as it is stored. */
export async function readTracked(
  ctx: Context,
  id: number,
): Promise<{ readonly experiment: Experiment; readonly side: WholeSide }> {
  const groupId = groupOfDefault(id);
  if (groupId === undefined) {
    const [experiment, side] = await Promise.all([
      getResource(ctx, experimentKind, id, experimentLookup(id)),
      readWholeSide(ctx, id),
    ]);
    return { experiment, side };
  }
  requireDefault(ctx, 'read', id);
  const side = await readWholeSide(ctx, id);
  return { experiment: await defaultExperiment(ctx, groupId, readSide(side.item)), side };
}

/** An experiment, deleted ones too, with the tags that MLflow's clients gave it. */
export async function getTrackedExperiment(ctx: Context, id: number): Promise<VersionedExperiment> {
  const { experiment, side } = await readTracked(ctx, id);
  const version = trackedTag(experiment, side.item);
  return { ...toTracked(experiment, tagsOf(side.pages)), version };
}

/** The experiment of this name, deleted ones too, in the first of the caller's groups that has it. */
export async function findTrackedExperiment(
  ctx: Context,
  name: string,
): Promise<VersionedExperiment> {
  const groups = readableGroups(ctx).toSorted((a, b) => a - b);
  const isDefault = name === DEFAULT_NAME;
  const found = await ctx.table.batchGet([
    ...groups.map((groupId) => nameKey(groupId, name)),
    ...(isDefault ? groups.map((id) => experimentKeys.side(defaultExperimentOf(id))) : []),
  ]);
  const holders = groups.map((groupId, at) => {
    const guard = found[at];
    const own = isDefault && (readSide(found[groups.length + at]).name ?? name) === name;
    // The experiment of the group comes after a living one that somebody gave its name.
    if (own && (guard === undefined || guard.deleted === true)) return defaultExperimentOf(groupId);
    return guard?.id as number | undefined;
  });
  const id = holders.find((holder) => holder !== undefined);
  if (id === undefined) throw notFound('experiment', { name });
  return getTrackedExperiment(ctx, id);
}
