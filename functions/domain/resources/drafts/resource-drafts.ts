import { type Context, requireUser } from '#kernel/context.ts';
import { takeNumbers } from '#kernel/counters.ts';
import { conflict, invalid } from '#kernel/errors.ts';
import type { Write } from '#kernel/table.ts';
import type { Kind, Links, Resource } from '../resource.ts';
import { changeResource, deletedError, getResource } from '../verbs.ts';
import { getSnapshot } from '../versions.ts';
import { type Draft, draftKey, draftOf, draftRemoval, draftWrites } from './draft.items.ts';
import {
  type DraftPlace,
  dropBlob,
  getDraft,
  noDraft,
  packDraft,
  rewriteDraft,
  tidyDrafts,
  touchDraft,
} from './drafts.ts';
import { drafters } from './has-draft.ts';

/** Somebody's draft of a change, and how many others have one. */
export interface ResourceDraft {
  readonly draft: Draft;
  readonly others: number;
}

const draftIdOf = (resource: Resource<unknown>, userId: number): number | undefined =>
  resource.links.drafts?.[drafters(resource).indexOf(userId)];

/** Links of a resource without a draft. */
function linksWithout(resource: Resource<unknown>, draftId: number | undefined): Links {
  const at = (resource.links.drafts ?? []).indexOf(draftId ?? 0);
  if (at < 0) return resource.links;
  const rest = (ids: readonly number[] = []) => ids.filter((_, index) => index !== at);
  const { drafters: users, drafts, ...links } = resource.links;
  return { ...links, drafters: rest(users), drafts: rest(drafts) };
}

const othersOf = (resource: Resource<unknown>, userId: number): number =>
  drafters(resource).filter((id) => id !== userId).length;

async function draftable<D>(ctx: Context, kind: Kind<D>, id: number): Promise<Resource<D>> {
  const resource = await getResource(ctx, kind, id);
  if (resource.deletedOn !== undefined) throw deletedError(kind, id);
  return resource;
}

/** The actor's draft of a change of the resource. Throws `not_found` (resource or draft), `deleted`. */
export async function getResourceDraft<D>(
  ctx: Context,
  kind: Kind<D>,
  id: number,
): Promise<ResourceDraft> {
  const { userId } = requireUser(ctx);
  const resource = await draftable(ctx, kind, id);
  const draftId = draftIdOf(resource, userId);
  if (draftId === undefined) throw noDraft();
  return { draft: await getDraft(ctx, draftId), others: othersOf(resource, userId) };
}

/** Drafts a change of a resource, from its newest version on. Throws `invalid` (`draft_exists`). */
export async function createResourceDraft<D>(
  ctx: Context,
  kind: Kind<D>,
  id: number,
  { payload, ...place }: Pick<DraftPlace, 'parentId'> & { readonly payload: object },
): Promise<ResourceDraft> {
  const { userId } = requireUser(ctx);
  const { draft: draftId } = await takeNumbers(ctx.table, { draft: 1 });
  const now = ctx.clock.now();
  let draft: Draft | undefined;
  const after = await changeResource(ctx, kind, id, async (resource) => {
    if (resource.deletedOn !== undefined) throw deletedError(kind, id);
    const there = draftIdOf(resource, userId);
    if (there !== undefined && (await ctx.table.get(draftKey(there))) !== undefined) {
      throw invalid('draft_exists', 'You have a draft of this already; change that one.');
    }
    const { drafters: users = [], drafts = [], ...links } = linksWithout(resource, there);
    const times = { createdOn: now, modifiedOn: now, revision: 1 };
    const { groupId, snapshot: resourceSnapshot } = resource;
    const origin = { groupId, resourceId: id, resourceSnapshot };
    draft = { id: draftId, userId, type: kind.type, ...place, ...origin, payload, ...times };
    touchDraft(ctx, draft);
    return {
      draftsOnly: true,
      links: { ...links, drafters: [...users, userId], drafts: [...drafts, draftId] },
      more: draftWrites(undefined, draft, await packDraft(ctx, draft)),
    };
  });
  if (draft === undefined) throw conflict('write_conflict', 'The draft was not made; try again.');
  tidyDrafts(ctx, draft);
  return { draft, others: othersOf(after, userId) };
}

/**
 * Writes the actor's draft anew, on a version that is not older than that which it starts from.
 * Throws `not_found` (resource, draft, version), `deleted`, `invalid` (`draft_base_snapshot`).
 */
export async function changeResourceDraft<D>(
  ctx: Context,
  kind: Kind<D>,
  id: number,
  change: { readonly payload: object; readonly resourceSnapshot: number },
): Promise<ResourceDraft> {
  const { draft, others } = await getResourceDraft(ctx, kind, id);
  const base = draft.resourceSnapshot ?? 0;
  const { resourceSnapshot } = change;
  if (resourceSnapshot < base) {
    throw invalid(
      'draft_base_snapshot',
      `resourceSnapshot: ${resourceSnapshot} is older than the draft's own, ${base}.`,
      { base_resource_snapshot_id: base, provided_resource_snapshot_id: resourceSnapshot },
    );
  }
  if (resourceSnapshot !== base) await getSnapshot(ctx, kind, id, resourceSnapshot);
  return { draft: await rewriteDraft(ctx, draft, change), others };
}

/** Ends the actor's draft of a change; returns its id. Throws `not_found`, `deleted`. */
export async function deleteResourceDraft<D>(
  ctx: Context,
  kind: Kind<D>,
  id: number,
): Promise<number> {
  const { userId } = requireUser(ctx);
  // To those who have none it is missing, whatever else they may do.
  if (draftIdOf(await draftable(ctx, kind, id), userId) === undefined) throw noDraft();
  let ended: Draft | undefined;
  await changeResource(ctx, kind, id, async (resource) => {
    if (resource.deletedOn !== undefined) throw deletedError(kind, id);
    const draftId = draftIdOf(resource, userId);
    if (draftId === undefined) throw noDraft();
    const item = await ctx.table.get(draftKey(draftId));
    ended = item === undefined ? undefined : draftOf(item, {});
    if (ended !== undefined) touchDraft(ctx, ended);
    return {
      draftsOnly: true,
      links: linksWithout(resource, draftId),
      more: ended === undefined ? [] : draftRemoval(ended),
    };
  });
  if (ended === undefined) throw noDraft();
  tidyDrafts(ctx, ended);
  ctx.defer(dropBlob(ctx, ended));
  return ended.id;
}

/** Ends a draft of either sort. */
export async function deleteDraft(
  ctx: Context,
  id: number,
  place: DraftPlace,
  kind: Kind<unknown>,
): Promise<void> {
  requireUser(ctx);
  const draft = await getDraft(ctx, id, place);
  if (draft.resourceId !== undefined) {
    await deleteResourceDraft(ctx, kind, draft.resourceId);
    return;
  }
  touchDraft(ctx, draft);
  await ctx.table.transact(draftRemoval(draft));
  tidyDrafts(ctx, draft);
  ctx.defer(dropBlob(ctx, draft));
}

/** A draft that may become what it says. */
export interface CommittableDraft {
  readonly draft: Draft;
  /** What ends it, in the transaction that makes or changes the resource. */
  readonly end: readonly Write[];
  /** The resource that it changes, as it was found. */
  readonly before?: Resource<unknown>;
}

/** What a commit is refused with when the resource is no longer what the draft started from. */
export const draftOutdated = ({ id, resourceSnapshot }: Draft, current: number) =>
  invalid('draft_outdated', 'The resource has changed since; adopt its newest version.', {
    draft: id,
    base_snapshot_id: resourceSnapshot,
    curr_snapshot_id: current,
  });

/** Throws `not_found` (draft, resource), `invalid` (`draft_outdated`). */
export async function draftToCommit(
  ctx: Context,
  id: number,
  kind: Kind<unknown>,
): Promise<CommittableDraft> {
  const draft = await getDraft(ctx, id);
  const end = draftRemoval(draft);
  if (draft.resourceId === undefined) return { draft, end };
  const before = await draftable(ctx, kind, draft.resourceId);
  if (before.snapshot !== draft.resourceSnapshot) throw draftOutdated(draft, before.snapshot);
  return { draft, end, before };
}

/** To be called when a draft has become what it said: nothing names it any longer. */
export async function draftCommitted(ctx: Context, kind: Kind<unknown>, draft: Draft) {
  tidyDrafts(ctx, draft);
  ctx.defer(dropBlob(ctx, draft));
  if (draft.resourceId === undefined) return;
  await changeResource(ctx, kind, draft.resourceId, (resource) => ({
    draftsOnly: true,
    links: linksWithout(resource, draft.id),
  }));
}
