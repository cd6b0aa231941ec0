import { type Context, requirePermission, requireUser } from '#kernel/context.ts';
import { takeNumbers } from '#kernel/counters.ts';
import { AppError, conflict } from '#kernel/errors.ts';
import { maybeFold, readListPage } from '../list/index.ts';
import type { PageRequest, ResourcePage } from '../page.ts';
import { packData, requireReadable, unpackData } from '../resource.items.ts';
import type { ResourceType } from '../resource.ts';
import { type Draft, draftBlob, draftKey, draftOf, draftsOf, draftWrites } from './draft.items.ts';

/** Which of a user's drafts: of a type, and in a parent where the type has parents. */
export interface DraftPlace {
  readonly type: ResourceType;
  readonly parentId?: number;
}

export const noDraft = (): AppError =>
  new AppError('not_found', 'No draft was found that matches the request.', {
    reason: 'draft_not_found',
  });

export const packDraft = (ctx: Context, draft: Draft) =>
  packData(ctx, draftBlob(draft), draft.payload);

/** To be called before a draft is written: the record of the call names it. */
export const touchDraft = (ctx: Context, { id, groupId }: Pick<Draft, 'id' | 'groupId'>): void =>
  ctx.trail?.touches({ entity: 'draft', lookup: { draft_id: id }, groupId });

/** Large payloads lie beside the table; nobody reads the old one again. */
export async function dropBlob(ctx: Context, { dataKey }: Draft): Promise<void> {
  if (dataKey !== undefined) await ctx.blobs.remove([dataKey]);
}

export function tidyDrafts(ctx: Context, draft: Draft, before?: Draft): void {
  ctx.defer(maybeFold(ctx, draftsOf(draft), draft.id));
  if (before !== undefined) ctx.defer(dropBlob(ctx, before));
}

/** Makes a draft of a new resource. Throws `not_found` (the group), `forbidden`. */
export async function createDraft(
  ctx: Context,
  place: DraftPlace,
  { groupId, payload }: { readonly groupId: number; readonly payload: object },
): Promise<Draft> {
  const { userId } = requireUser(ctx);
  requirePermission(ctx, 'write', { groupId, entity: 'group', lookup: { group_id: groupId } });
  const { draft: id } = await takeNumbers(ctx.table, { draft: 1 });
  const now = ctx.clock.now();
  const common = { id, userId, groupId, payload, createdOn: now, modifiedOn: now, revision: 1 };
  const draft: Draft = { ...common, ...place };
  touchDraft(ctx, draft);
  await ctx.table.transact(draftWrites(undefined, draft, await packDraft(ctx, draft)));
  tidyDrafts(ctx, draft);
  return draft;
}

/** A draft of the actor's own, in a group that it may still write. Throws `not_found`. */
export async function getDraft(ctx: Context, id: number, place?: DraftPlace): Promise<Draft> {
  const { userId } = requireUser(ctx);
  const item = await ctx.table.get(draftKey(id));
  if (item === undefined || item.userId !== userId) throw noDraft();
  const isElsewhere =
    place !== undefined && (item.type !== place.type || item.parentId !== place.parentId);
  if (isElsewhere || !isOpen(ctx, item.groupId)) throw noDraft();
  return draftOf(item, await unpackData<object>(ctx, item));
}

/** Whether the actor may still see what is drafted in a group. */
const isOpen = ({ actor }: Context, groupId: unknown): boolean =>
  'memberships' in actor && actor.memberships.get(Number(groupId))?.flags.read === true;

/** Writes a draft anew. Throws `not_found`, `forbidden`, `conflict` (somebody else did, too). */
export async function rewriteDraft(
  ctx: Context,
  before: Draft,
  change: Pick<Draft, 'payload'> & { readonly resourceSnapshot?: number },
): Promise<Draft> {
  const { groupId } = before;
  requirePermission(ctx, 'write', { groupId, entity: 'group', lookup: { group_id: groupId } });
  const after = {
    ...before,
    ...change,
    modifiedOn: ctx.clock.now(),
    revision: before.revision + 1,
  };
  touchDraft(ctx, after);
  const outcome = await ctx.table.transact(draftWrites(before, after, await packDraft(ctx, after)));
  if (!outcome.ok) throw conflict('write_conflict', 'The draft was changed meanwhile; try again.');
  tidyDrafts(ctx, after, before);
  return after;
}

export const changeDraft = async (
  ctx: Context,
  id: number,
  place: DraftPlace,
  payload: object,
): Promise<Draft> => rewriteDraft(ctx, await getDraft(ctx, id, place), { payload });

export interface DraftListRequest extends PageRequest {
  readonly groupId?: number;
  /** `existing`: changes of resources; `new`: resources to be made. */
  readonly draftType: 'all' | 'existing' | 'new';
}

/** A page of the actor's own drafts. */
export async function listDrafts(
  ctx: Context,
  place: DraftPlace,
  { index, pageLength, groupId, draftType }: DraftListRequest,
): Promise<ResourcePage<Draft>> {
  const { userId } = requireUser(ctx);
  if (groupId !== undefined) {
    requirePermission(ctx, 'read', { groupId, entity: 'group', lookup: { group_id: groupId } });
  }
  const page = await readListPage(ctx, [draftsOf({ userId, ...place })], {
    offset: index,
    limit: pageLength,
    filter: {
      matches: (summary) =>
        isOpen(ctx, summary.groupId) &&
        (groupId === undefined || summary.groupId === groupId) &&
        (draftType === 'all' || summary.isChange === (draftType === 'existing')),
    },
  });
  const items = await ctx.table.batchGet(page.rows.map(({ id }) => draftKey(id)));
  requireReadable(items);
  const drafts = items.map(async (item) =>
    item === undefined ? [] : [draftOf(item, await unpackData<object>(ctx, item))],
  );
  return { rows: (await Promise.all(drafts)).flat(), total: page.total };
}
