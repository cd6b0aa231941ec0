import { experimentKind } from '#domain/experiments/index.ts';
import { maybeFold, requireMatch, whileContended } from '#domain/resources/index.ts';
import { type Context, requirePermission, requireSystem } from '#kernel/context.ts';
import { conflict, invalid, notFound } from '#kernel/errors.ts';
import type { Entry } from '../schemas.ts';
import { taggedList, tagWrites } from './experiment.items.ts';
import { experimentDeleted, experimentLookup } from './experiment-ids.ts';
import { checkedTag } from './experiment-tag.ts';
import { readTracked } from './experiments.ts';
import { readSide } from './side.items.ts';
import { readWholeSide } from './sides.ts';
import { type TagPages, tagsOf, withoutTag, withTag } from './tag-pages.ts';
import { trackedTag } from './tracked.ts';

/** 1 MB of tags: they are all read with the experiment. */
const MAX_PAGES = 32;

async function changeOnce(
  ctx: Context,
  id: number,
  change: (pages: TagPages) => TagPages,
): Promise<void> {
  const { experiment, side } = await readTracked(ctx, id);
  const { groupId, deletedOn } = experiment;
  requirePermission(ctx, 'write', {
    groupId,
    entity: experimentKind.type,
    lookup: experimentLookup(id),
  });
  if (deletedOn !== undefined) throw experimentDeleted();
  requireMatch(ctx, trackedTag(experiment, side.item));
  const after = change(side.pages);
  if (after.length > MAX_PAGES) {
    throw invalid('too_many', 'The tags of an experiment take at most a megabyte: delete some.');
  }
  const writes = tagWrites({
    experimentId: id,
    groupId,
    item: side.item,
    before: side.pages,
    after,
  });
  const outcome = await ctx.table.transact(writes);
  if (!outcome.ok) {
    throw conflict('write_conflict', 'The experiment is being changed by others; try again.');
  }
  if (id > 0) ctx.defer(maybeFold(ctx, taggedList(groupId), id + readSide(side.item).version));
}

/** Sets a tag of an experiment. Throws `invalid` where the experiment is deleted. */
export async function setExperimentTag(
  ctx: Context,
  input: { readonly id: number; readonly tag: Entry },
): Promise<void> {
  const tag = checkedTag(input.tag, '');
  await whileContended(ctx, () => changeOnce(ctx, input.id, (pages) => withTag(pages, tag)));
}

/** Throws `not_found` where the experiment has no such tag. */
export async function deleteExperimentTag(
  ctx: Context,
  input: { readonly id: number; readonly key: string },
): Promise<void> {
  const { id, key } = input;
  await whileContended(ctx, () =>
    changeOnce(ctx, id, (pages) => {
      if (tagsOf(pages).some((tag) => tag.key === key)) return withoutTag(pages, key);
      throw notFound('experiment_tag', { ...experimentLookup(id), key });
    }),
  );
}

/** Takes all tags off a deleted experiment that is being removed for good, and it from the list of those with tags. */
export async function clearExperimentTags(
  ctx: Context,
  input: { readonly id: number; readonly groupId: number },
): Promise<void> {
  requireSystem(ctx);
  const { id: experimentId, groupId } = input;
  const { item, pages: before } = await readWholeSide(ctx, experimentId);
  if (item === undefined || before.flat().length === 0) return;
  await ctx.table.transact(tagWrites({ experimentId, groupId, item, before, after: [] }));
}
